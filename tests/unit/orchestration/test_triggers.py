"""Triggers: what fires and when, against a slow model that is obviously right, and over restarts, clock jumps and odd events."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacc.orchestration.trigger_index import TriggerIndex
from pacc.orchestration.triggers import Memory, Plan
from pacc.schemas.events import ReceivedEvent

SECOND = 1_000_000
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def event(name, at=0, seq=0, label="x", **more):
    return ReceivedEvent(
        event=name,
        occurred=EPOCH + timedelta(microseconds=at),
        resource={"pacc.resource.id": "thing.1", "label": label, **more.pop("resource", {})},
        seq=seq,
        **more,
    )


def run(trigger, happened, until, restart_at=()):
    """Evaluate events (seconds, name, label) and each second; what fired, as (seconds, labels, number of the last event)."""
    plan, memory = Plan(trigger), Memory()
    plan.begin(memory, 0)
    fired, second = [], 0
    for number, (at, name, label) in enumerate(happened):
        if number in restart_at:
            memory = Memory(json.loads(json.dumps(memory.values)))
        for second in range(second, at + 1):  # noqa: B020 - it goes on where it was
            fired += plan.pass_time(memory, second * SECOND)
        fired += plan.see(memory, event(name, at * SECOND, number, label), at * SECOND, at * SECOND)
    for second in range(second, until + 1):  # noqa: B020 - as above
        fired += plan.pass_time(memory, second * SECOND)
    return [(each.time / SECOND, tuple(each.labels.values()), each.seq) for each in fired]


# -- the model: everything is worked out anew from the whole story


def model(trigger, happened, until):
    told = list(enumerate(happened))
    if not trigger["for_each"]:
        return sorted(firings_of(trigger, told, until, (), rolling_from=0))
    found = []
    for label in sorted({label for _, (_, _, label) in told}):
        own = [each for each in told if each[1][2] == label]
        counted = [at for _, (at, name, _) in own if name in trigger["expect"]]
        found += firings_of(trigger, own, until, (label,), rolling_from=counted[0] if counted else None)
    return sorted(found)


def firings_of(trigger, told, until, labels, rolling_from):
    threshold, within = trigger["threshold"], trigger["within"]
    proactive, after = trigger["posture"] == "Proactive", trigger["after"]
    counts = [(number, at) for number, (at, name, _) in told if name in trigger["expect"]]
    if after:
        return armed(trigger, told, until, labels)
    if proactive:
        return rolling(counts, threshold, within, until, labels, rolling_from)
    if within == 0:
        return [
            (at, labels, number) for place, (number, at) in enumerate(counts, 1) if place % threshold == 0
        ]
    found = []
    while counts:
        end = counts[0][1] + within
        window = [each for each in counts if each[1] < end]
        if len(window) >= threshold:
            number, at = window[threshold - 1]
            found.append((at, labels, number))
        counts = counts[len(window) :]
    return found


def rolling(counts, threshold, within, until, labels, start):
    found, last = [], None
    while start is not None and start + within <= until:
        window = [each for each in counts if start <= each[1] < start + within]
        last = window[-1][0] if window else last
        if len(window) < threshold:
            found.append((start + within, labels, last))
        start += within
    return found


def armed(trigger, told, until, labels):
    threshold, within = trigger["threshold"], trigger["within"]
    found, place = [], 0
    while place < len(told):
        number, (begun, name, _) = told[place]
        place += 1
        if name not in trigger["after"]:
            continue
        end = begun + within if within else float("inf")
        inside = [each for each in told[place:] if each[1][0] < end]
        counted = [(number, at) for number, (at, name, _) in inside if name in trigger["expect"]]
        reached = len(counted) >= threshold
        at_reached = counted[threshold - 1] if reached else None
        if trigger["posture"] == "Proactive":
            if reached:
                place = [number for number, _ in told].index(at_reached[0]) + 1
                continue
            if end <= until:
                last = counted[-1][0] if counted else number
                found.append((end, labels, last))
        elif reached:
            found.append((at_reached[1], labels, at_reached[0]))
            if not within:
                place = [number for number, _ in told].index(at_reached[0]) + 1
                continue
        place += len(inside)
    return found


NAMES = ["a", "b", "c"]
stories = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from(NAMES), st.sampled_from(["x", "y"])), max_size=25
).map(
    lambda steps: [
        (sum(gap for gap, _, _ in steps[: at + 1]), name, label) for at, (_, name, label) in enumerate(steps)
    ]
)


@st.composite
def event_triggers(draw):
    proactive = draw(st.booleans())
    return {
        "type": "event",
        "expect": draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True)),
        "after": draw(st.lists(st.sampled_from(NAMES), max_size=1)),
        "for_each": draw(st.sampled_from([[], ["label"]])),
        "posture": "Proactive" if proactive else "Reactive",
        "threshold": draw(st.integers(1, 3)),
        "within": draw(st.integers(10, 20) if proactive else st.sampled_from([0, 5, 12])),
    }


@settings(max_examples=60)
@given(event_triggers(), stories, st.integers(0, 40))
def test_an_event_trigger_fires_when_the_whole_story_says_so(trigger, happened, longer):
    until = (happened[-1][0] if happened else 0) + longer
    assert sorted(run(trigger, happened, until), key=str) == sorted(model(trigger, happened, until), key=str)


@st.composite
def composites(draw):
    children = draw(st.lists(event_triggers(), min_size=1, max_size=3))
    for child in children:
        child["for_each"] = []
    kind = draw(st.sampled_from(["compound", "sequence"]))
    within = draw(st.sampled_from([None, 5, 15]))
    require = draw(st.one_of(st.sampled_from(["any", "all"]), st.integers(1, len(children))))
    return {"type": kind, "triggers": children, "within": within, "require": require}


def composite_model(trigger, happened, until):
    """Merge the firings of the children as they come, and look at all that came since the whole fired last."""
    merged = []
    for place, child in enumerate(trigger["triggers"]):
        for at, _, number in model(child, happened, until):
            by_time = child["posture"] == "Proactive"
            merged.append((at, not by_time, number if not by_time else 0, place))
    found, since = [], []
    need = {"any": 1, "all": len(trigger["triggers"])}.get(trigger["require"], trigger["require"])
    for at, _, _, place in sorted(merged, key=lambda each: each[:2] + each[2:]):
        since.append((at, place))
        if trigger["within"] is not None:
            since = [each for each in since if each[0] >= at - trigger["within"]]
        latest = {place: number for number, (_, place) in enumerate(since)}
        enough = len(latest) >= need
        if trigger["type"] == "sequence":
            order = [latest.get(place, -1) for place in range(len(trigger["triggers"]))]
            enough = -1 not in order and order == sorted(order)
        if enough:
            found.append(at)
            since = []
    return found


@settings(max_examples=40)
@given(composites(), stories, st.integers(0, 40))
def test_a_trigger_over_triggers_fires_when_enough_of_them_did_in_time_and_in_order(
    trigger, happened, longer
):
    until = (happened[-1][0] if happened else 0) + longer
    fired = [at for at, _, _ in run(trigger, happened, until)]
    assert fired == composite_model(trigger, happened, until)


@given(event_triggers() | composites(), stories, st.sets(st.integers(0, 25)))
def test_what_was_kept_goes_on_as_if_nothing_had_happened(trigger, happened, restart_at):
    until = (happened[-1][0] if happened else 0) + 30
    assert run(trigger, happened, until, restart_at) == run(trigger, happened, until)


# -- the words of the reference


def reactive(**told):
    return {"type": "event", "posture": "Reactive", "expect": ["a"], **told}


@pytest.mark.parametrize(
    ("told", "firings"),
    [
        ({"threshold": 1}, 5),
        ({"threshold": 2}, 2),
        ({"threshold": 2, "within": 10}, 1),
        ({"threshold": 1, "within": 10}, 1),
    ],
)
def test_five_quick_events_fire_as_often_as_they_should(told, firings):
    assert len(run(reactive(**told), [(n, "a", "x") for n in range(5)], 5)) == firings


def test_each_value_of_for_each_is_counted_by_itself():
    happened = [(0, "a", "x"), (1, "a", "y"), (2, "a", "x"), (3, "a", "y"), (4, "a", "x")]
    fired = run(reactive(threshold=2, within=10, for_each=["label"]), happened, 5)
    assert [(at, labels) for at, labels, _ in fired] == [(2, ("x",)), (3, ("y",))]


def test_for_each_may_name_a_label_of_a_related_resource():
    plan, memory = Plan(reactive(threshold=2, for_each=["related:flow:pacc.resource.name"])), Memory()
    fired = []
    for seq, name in enumerate(["etl", "report", "etl"]):
        related = [
            {"prefect.resource.id": "f", "prefect.resource.role": "flow", "prefect.resource.name": name}
        ]
        fired += plan.see(memory, event("a", seq, seq, related=related), seq, seq)
    assert [each.labels for each in fired] == [{"related:flow:pacc.resource.name": "etl"}]


def test_an_event_that_begins_a_window_and_is_expected_in_it_only_begins_it():
    trigger = reactive(after=["a"], within=10)
    assert run(trigger, [(0, "a", "x")], 5) == []
    assert run(trigger, [(0, "a", "x"), (1, "a", "x")], 5) == [(1, (), 1)]


def test_every_specification_of_related_resources_must_be_met_by_one():
    trigger = reactive(
        match_related=[{"prefect.resource.role": "flow"}, {"prefect.resource.id": "prefect.tag.x"}]
    )
    flow = {"prefect.resource.id": "prefect.flow.1", "prefect.resource.role": "flow"}
    tag = {"prefect.resource.id": "prefect.tag.x", "prefect.resource.role": "tag"}
    plan = Plan(trigger)
    for related, fires in (([flow], 0), ([tag], 0), ([flow, tag], 1), ([], 0)):
        assert len(plan.see(Memory(), event("a", related=related), 0, 0)) == fires


def test_a_proactive_trigger_fires_once_for_each_arming():
    trigger = {"type": "event", "posture": "Proactive", "after": ["a"], "expect": ["b"], "within": 10}
    assert run(trigger, [(0, "a", "x"), (30, "a", "x"), (35, "b", "x")], 100) == [(10, (), 0)]


def test_windows_that_were_missed_while_nobody_evaluated_fire_once():
    trigger = {"type": "event", "posture": "Proactive", "expect": ["b"], "within": 10}
    plan, memory = Plan(trigger), Memory()
    plan.begin(memory, 0)
    assert len(plan.pass_time(memory, 86_400 * SECOND)) == 1
    assert memory.next_due() == 86_410 * SECOND


def test_a_clock_that_was_set_back_delays_no_window_and_one_that_was_set_ahead_is_no_reason_to_wait_a_year():
    trigger = {"type": "event", "posture": "Proactive", "expect": ["b"], "within": 10}
    year = 365 * 86_400 * SECOND
    plan, memory = Plan(trigger), Memory()
    plan.begin(memory, year)
    assert plan.pass_time(memory, 0) == []  # the clock was wrong by a year, and is right now
    assert memory.next_due() == 10 * SECOND
    assert len(plan.pass_time(memory, 10 * SECOND)) == 1
    plan, memory = Plan(reactive(threshold=2, within=10)), Memory()
    plan.see(memory, event("a", 0, 1), year, year)
    plan.see(memory, event("a", 0, 2), 0, 0)
    assert plan.see(memory, event("a", 0, 3), SECOND, SECOND), (
        "an old window of another time swallowed the events"
    )


def test_an_event_from_the_future_counts_as_one_of_now():
    plan, memory = Plan(reactive(within=10)), Memory()
    assert plan.see(memory, event("a"), 10**18, 0)
    assert memory.next_due() == 10 * SECOND


def test_windows_that_are_over_are_forgotten():
    plan, memory = Plan(reactive(threshold=2, within=10, for_each=["label"])), Memory()
    for number in range(1000):
        plan.see(memory, event("a", 0, number, label=str(number)), 0, 0)
    assert len(memory.values) == 1000
    plan.pass_time(memory, 10 * SECOND)
    assert memory.values == {}


def metric(**told):
    query = {"name": "duration", "operator": ">", "threshold": 60, "range": 300, "firing_for": 300, **told}
    return {"type": "metric", "metric": query}


def test_a_metric_fires_once_when_it_has_held_for_long_enough_and_says_when_it_is_over():
    plan, memory = Plan(metric()), Memory()
    said = []
    for seconds, value in ((0, 61), (299, 61), (300, 61), (400, 90), (500, 60), (600, None), (700, 61)):
        said += [(seconds, each.resolved) for each in plan.observe(memory, "0", value, seconds * SECOND)]
    assert said == [(300, False), (500, True)]


def test_why_an_event_does_not_count_is_said_in_words():
    plan = Plan(
        reactive(match={"prefect.resource.id": "other.*"}, match_related={"prefect.resource.role": "flow"})
    )
    (node,) = plan.events
    assert node.why_not(event("b")) == 'it waits for "a", not for "b"'
    assert "does not match {'pacc.resource.id': 'other.*'}" in node.why_not(event("a"))
    assert "no related resource matches" in node.why_not(event("a", resource={"pacc.resource.id": "other.1"}))


# -- finding those that an event can matter to

ids = st.sampled_from(["thing.1", "thing.2", "other.1", "table.[1]"])
id_patterns = st.sampled_from(["thing.1", "thing.*", "*.1", "!thing.1", "t?ing.2", "table.[[]1]", "*"])
specifications = st.dictionaries(
    st.sampled_from(["pacc.resource.id", "pacc.resource.name", "label", "pacc.resource.role"]),
    id_patterns | st.lists(id_patterns, min_size=1, max_size=3),
    max_size=2,
)
labels = st.dictionaries(st.sampled_from(["pacc.resource.name", "label"]), ids, max_size=2)


@given(
    st.lists(st.tuples(specifications, st.lists(specifications, max_size=2)), max_size=4),
    ids, labels, st.lists(st.tuples(ids, labels), max_size=2),
)  # fmt: skip
def test_the_index_misses_no_trigger_that_an_event_matters_to(told, own, own_labels, others):
    plans = [Plan(reactive(match=match, match_related=related)) for match, related in told]
    happened = event(
        "a",
        resource={**own_labels, "pacc.resource.id": own},
        related=[{**more, "pacc.resource.id": other, "pacc.resource.role": other} for other, more in others],
    )
    found = TriggerIndex([(plan, plan) for plan in plans]).candidates(happened)
    assert len({id(each) for each in found}) == len(found)
    for plan in plans:
        if plan.events[0].covers(happened):
            assert plan in found
