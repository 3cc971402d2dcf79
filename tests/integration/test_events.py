"""Events: what happens in runs and to nouns is told by itself, what code says as well, and whoever follows hears of it at once."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc import flow, get_client, tags, task
from pacc._internal import clock
from pacc.artifacts import create_markdown_artifact
from pacc.blocks.system import Secret
from pacc.concurrency.sync import concurrency
from pacc.deployments.steps import run_pull_steps
from pacc.engine import place
from pacc.events import (
    Event,
    FlowRunSubscriber,
    Resource,
    ResourceSpecification,
    emit_event,
    get_events_client,
    get_events_subscriber,
)
from pacc.events.clients import AssertingEventsClient
from pacc.events.filters import EventFilter
from pacc.exceptions import EventTooLarge, InvalidValueError, StepExecutionError
from pacc.flow_engine import _tell_of_step
from pacc.loops import heartbeats
from pacc.loops.retention import prune
from pacc.schemas.events import matches
from pacc.schemas.retention import Removed
from pacc.services import concurrency_limits, events, flow_runs
from pacc.services.live_runs import LiveFlowRun
from pacc.variables import Variable

SAYS_AND_IS_KILLED = """
import os, signal
from pacc.events import emit_event
from pacc.engine import place
for number in range(200):
    emit_event(f"a.{number}", resource={"prefect.resource.id": "t"})
place.current().store.journal.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""

WANTS_TO_KNOW_AND_IS_KILLED = """
import os, signal
from pacc.engine import place
from pacc.services import events
events.take_interest(place.current().store)
os.kill(os.getpid(), signal.SIGKILL)
"""

CUSTOMERS = {"prefect.resource.id": "table.customers"}


@pytest.fixture
def store():
    return place.current().store


@task
def fetch(number=1):
    return number


@flow
def etl(number=1):
    return fetch(number)


@flow
def broken():
    raise ValueError("no rows")


def told(store, **wanted):
    store.journal.flush()
    return events.select(store, EventFilter(order="ASC", **wanted), limit=1000)


def names(store, prefix="prefect."):
    return [event.event for event in told(store, event={"prefix": [prefix]})]


# -- what tells itself


def test_every_state_of_a_flow_run_is_an_event_with_the_id_of_the_state_which_follows_the_one_before(store):
    with tags("nightly"):
        state = etl(return_state=True)
    run_id = state.state_details.flow_run_id
    pending, running, completed = told(store, event={"prefix": ["prefect.flow-run."]})
    assert [each.event for each in (pending, running, completed)] == [
        "pacc.flow-run.Pending", "pacc.flow-run.Running", "pacc.flow-run.Completed",
    ]  # fmt: skip
    assert completed.id == state.id
    assert (completed.follows, running.follows, pending.follows) == (running.id, pending.id, None)
    assert completed.resource.pacc_object_id("prefect.flow-run") == run_id
    assert completed.resource["prefect.state-type"] == "COMPLETED"
    assert completed.resource["prefect.run-count"] == "1"
    assert completed.payload["intended"] == {"from": "RUNNING", "to": "COMPLETED"}
    assert completed.payload["initial_state"]["name"] == "Running"
    assert {each.role: each.name for each in completed.related} == {"flow": "etl", "tag": None}
    assert completed.resource_in_role["tag"].id == "pacc.tag.nightly"


def test_why_a_run_failed_is_in_its_event(store):
    broken(return_state=True)
    (failed,) = told(store, event={"name": ["prefect.flow-run.Failed"]})
    assert "no rows" in failed.resource["prefect.state-message"]
    assert failed.payload["validated_state"]["type"] == "FAILED"


def test_a_nested_run_that_reaches_the_store_late_tells_each_of_its_states(store):
    @flow
    def outer():
        etl()

    outer()
    by_flow = [
        each.resource_in_role["flow"].name for each in told(store, event={"prefix": ["pacc.flow-run"]})
    ]
    assert sorted(by_flow) == ["etl"] * 3 + ["outer"] * 3


def test_the_states_of_task_runs_are_worked_out_for_who_asks_and_recorded_only_for_who_follows(store):
    etl()
    assert names(store, "prefect.task-run.") == [
        "pacc.task-run.Pending", "pacc.task-run.Running", "pacc.task-run.Completed",
    ]  # fmt: skip
    assert all(not each.startswith("pacc.task-run") for each in names(store, "prefect."))
    tail = events.Tail(store, EventFilter(event={"prefix": ["prefect.task-run."]}))
    etl()
    store.journal.flush()
    heard = tail.take()
    assert [each.event.rpartition(".")[2] for each in heard] == ["Pending", "Running", "Completed"]
    assert heard[-1].resource_in_role["flow-run"].name
    assert heard[-1].resource_in_role["flow"].name == "etl"
    tail.close()
    etl()
    assert len(events.after(store, 0, limit=10_000)) == len(
        [each for each in told(store) if each.event]
    )  # nothing is recorded for nobody
    assert len(names(store, "prefect.task-run.")) == 9


def test_variables_tell_when_they_are_set_changed_and_removed(store):
    Variable.set("limit", 3)
    Variable.set("limit", {"a": 'say "x"\n'}, overwrite=True)
    Variable.unset("limit")
    made, changed, gone = told(store, event={"prefix": ["prefect.variable."]})
    assert [each.event for each in (made, changed, gone)] == [
        "pacc.variable.created", "pacc.variable.updated", "pacc.variable.deleted",
    ]  # fmt: skip
    assert changed.payload == {"name": "limit", "value": {"a": 'say "x"\n'}, "tags": []}
    assert gone.resource.name == "limit"


@given(st.text(min_size=1))
def test_what_a_description_holds_arrives_as_it_was(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    text = text.replace("\0", "")
    key = f"a-{uuid4()}"
    create_markdown_artifact("# x", key=key, description=text)
    wanted = EventFilter(event={"name": ["prefect.artifact.created"]}, text={"query": f'"{key}"'})
    (made,) = events.select(place.current().store, wanted)
    assert made.payload["description"] == text


def test_slots_tell_who_took_them_and_gave_them_back(store):
    concurrency_limits.put(store, "database", 2)

    @flow
    def careful():
        with concurrency("database", occupy=1):
            pass

    state = careful(return_state=True)
    taken, back = told(store, event={"name": ["prefect.concurrency-limit.[ar]*ed"]})[-2:]
    assert (taken.event, back.event) == ("pacc.concurrency-limit.acquired", "pacc.concurrency-limit.released")
    assert taken.resource["slots-acquired"] == "1"
    assert taken.resource.name == "database"
    assert taken.resource_in_role["flow-run"].id == f"pacc.flow-run.{state.state_details.flow_run_id}"


def test_what_is_made_and_deleted_within_one_millisecond_is_told_in_that_order(store):
    for number in range(40):
        Variable.set(f"v{number}", number)
        Variable.unset(f"v{number}")
    assert [each.event for each in told(store, event={"prefix": ["prefect.variable."]})] == [
        "pacc.variable.created", "pacc.variable.deleted",
    ] * 40  # fmt: skip


# -- what code says


def test_what_a_run_says_is_related_to_all_it_belongs_to(store):
    @task(tags=["slow"])
    def say():
        return emit_event("table.loaded", resource=CUSTOMERS, payload={"rows": 3})

    @flow
    def speaking():
        return say()

    with tags("nightly"):
        said = speaking()
    (kept,) = told(store, event={"name": ["table.loaded"]})
    assert kept.related == said.related
    assert [(each.role, each.name) for each in kept.related if each.role in {"flow", "task-run"}] == [
        ("flow", "speaking"), ("task-run", kept.resource_in_role["task-run"].name),
    ]  # fmt: skip
    assert {each.id for each in kept.resources_in_role["tag"]} == {"pacc.tag.nightly", "pacc.tag.slow"}
    assert (kept.payload, kept.id) == ({"rows": 3}, said.id)


def test_an_event_follows_another_one_only_within_five_minutes(store):
    first = emit_event("a.begun", resource=CUSTOMERS, occurred=datetime.now(UTC) - timedelta(minutes=4))
    assert emit_event("a.done", resource=CUSTOMERS, follows=first).follows == first.id
    old = emit_event("a.begun", resource=CUSTOMERS, occurred=datetime.now(UTC) - timedelta(minutes=6))
    assert emit_event("a.done", resource=CUSTOMERS, follows=old).follows is None


def test_said_twice_under_one_id_it_is_there_once(store):
    own = uuid4()
    for _ in range(2):
        emit_event("a.b", resource=CUSTOMERS, id=own)
    assert [each.id for each in told(store, event={"name": ["a.b"]})] == [own]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"resource": {}}, "pacc.resource.id"),
        ({"resource": {"prefect.resource.id": 3}}, "is text"),
        ({"related": [{"prefect.resource.id": "x"}]}, "pacc.resource.role"),
        ({"event": "x" * 1025}, "1,024 are allowed"),
        ({"related": [{"prefect.resource.id": "x", "prefect.resource.role": "y"}] * 101}, "100 are allowed"),
        ({"resource": {**CUSTOMERS, **{f"l{n}": "x" for n in range(501)}}}, "500 are allowed"),
        ({"event": ""}, "needs a name"),
    ],
)
def test_what_cannot_be_an_event_is_said_in_the_log_and_harms_nobody(store, caplog, wrong, why):
    assert emit_event(**{"event": "a.b", "resource": CUSTOMERS, **wrong}) is None
    assert why in caplog.text
    assert told(store) == []


def test_an_event_that_tells_too_much_is_an_error(store):
    with pytest.raises(EventTooLarge, match="1,500,000 are allowed"):
        emit_event("a.b", resource=CUSTOMERS, payload={"x": "y" * 1_500_000})


def test_a_payload_json_cannot_say_is_told_as_far_as_it_can(store):
    assert emit_event("a.b", resource=CUSTOMERS, payload={"when": object(), "n": 1})
    assert told(store, event={"name": ["a.b"]})[0].payload == {"when": "<object>", "n": 1}


# -- names


def test_both_spellings_of_a_name_are_one():
    resource = Resource({"prefect.resource.id": "prefect.flow-run.1", "prefect.resource.name": "x"})
    assert resource == Resource({"pacc.resource.id": "pacc.flow-run.1", "pacc.resource.name": "x"})
    assert resource["prefect.resource.name"] == resource["pacc.resource.name"] == resource.name == "x"
    assert "prefect.resource.name" in resource
    for spelling in ("prefect", "pacc"):
        assert ResourceSpecification({f"{spelling}.resource.id": f"{spelling}.flow-run.*"}).matches(resource)


def test_run_as_prefect_names_are_shown_as_prefect_spells_them(processes, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from prefect import flow\n"
        "from prefect.events import emit_event\n"
        "from prefect.events.schemas.events import Event, matches\n"
        "said = emit_event('prefect.flow-run.x', resource={'prefect.resource.id': 'prefect.flow-run.1'})\n"
        "print(said.event, said.resource.id, said.resource['prefect.resource.id'])\n"
    )
    ended = processes.finish(
        processes.start(*[sys.executable, "-m", "pacc", "run", "--as-prefect", str(script)])
    )
    assert ended.stdout == "prefect.flow-run.x prefect.flow-run.1 prefect.flow-run.1\n", ended.stderr


@pytest.mark.parametrize(
    ("labels", "is_meant"),
    [
        ({}, True),
        ({"a": "1"}, True),
        ({"a": ["2", "1"]}, True),
        ({"a": "!2"}, True),
        ({"a": "!1"}, False),
        ({"a": ["!1", "1"]}, True),
        ({"a": "1", "b": "*"}, False),
        ({"b": "!1"}, False),
        ({"A": "1"}, False),
        ({"pacc.resource.id": "t?ble.*"}, True),
        ({"pacc.resource.id": "Table.*"}, False),
    ],
)
def test_all_labels_must_match_and_one_that_is_missing_never_does(labels, is_meant):
    resource = Resource({**CUSTOMERS, "a": "1"})
    assert ResourceSpecification(labels).matches(resource) is is_meant


@given(st.text(), st.text())
def test_a_negated_pattern_matches_what_the_pattern_does_not(pattern, value):
    if not pattern.startswith("!"):
        assert matches(pattern, value) != matches(f"!{pattern}", value)
    assert not matches(pattern, None)


# -- listing


def test_filters_narrow_a_listing_by_time_name_resource_involved_text_and_id(store):
    yesterday = datetime.now(UTC) - timedelta(days=1)
    other = [{"prefect.resource.id": "job.1", "prefect.resource.role": "job"}]
    old = emit_event("a.old", resource=CUSTOMERS, occurred=yesterday)
    new = emit_event(
        "a.new", resource={"prefect.resource.id": "table.orders"}, related=other, payload={"x": "Needle"}
    )

    def found(**wanted):
        return [each.event for each in told(store, **wanted)]

    assert found(occurred={"since": yesterday + timedelta(hours=1)}) == ["a.new"]
    assert found(occurred={"until": yesterday}) == ["a.old"]
    assert found(event={"prefix": ["a."], "exclude_prefix": ["a.o"]}) == ["a.new"]
    assert found(event={"name": ["*.old"]}) == ["a.old"]
    assert found(event={"exclude_name": ["a.old"]}) == ["a.new"]
    assert found(resource={"id": ["table.customers"]}) == ["a.old"]
    assert found(resource={"id_prefix": ["table."]}) == ["a.old", "a.new"]
    assert found(resource={"labels": {"prefect.resource.id": "!*.orders"}}) == ["a.old"]
    assert found(related={"role": ["job"]}) == ["a.new"]
    assert found(related=[{"id": ["job.1"]}, {"role": ["nothing"]}]) == []
    assert found(related={"resources_in_roles": [("job.1", "job")]}) == ["a.new"]
    assert found(any_resource={"id": ["job.1"]}) == ["a.new"]
    assert found(text={"query": "needle -orders"}) == []
    assert found(text={"query": "needle other"}) == ["a.new"]
    assert found(id={"id": [old.id]}) == ["a.old"]
    assert found(resource={"id_prefix": ["table."], "distinct": True}) == ["a.old", "a.new"]
    assert new.event == "a.new"


def test_every_event_is_found_by_its_id(store):
    etl()
    Variable.set("a", 1)
    emit_event("a.b", resource=CUSTOMERS)
    for event in told(store):
        assert events.read(store, event.id) == event
    with pytest.raises(Exception, match="no event"):
        events.read(store, UUID(int=1))


def test_a_long_listing_comes_in_pages_without_loss_or_repetition(store):
    moment = datetime.now(UTC)
    for number in range(1203):
        emit_event(f"n.{number}", resource=CUSTOMERS, occurred=moment + timedelta(microseconds=number // 7))
    store.journal.flush()
    ascending = events.select(store, EventFilter(order="ASC"), limit=5000)
    assert [each.event for each in ascending] == [f"n.{number}" for number in range(1203)]
    descending = events.select(store, limit=5000)
    assert descending == ascending[::-1]
    assert events.select(store, limit=3, offset=2) == descending[2:5]


def test_a_run_that_was_deleted_leaves_its_events(store):
    state = etl(return_state=True)
    flow_runs.delete(store, state.state_details.flow_run_id)
    (done,) = told(store, event={"name": ["prefect.flow-run.Completed"]})
    assert done.resource.id == f"pacc.flow-run.{state.state_details.flow_run_id}"
    assert done.resource["prefect.state-name"] == "Completed"


# -- following


def test_a_subscriber_hears_of_what_another_thread_says_within_moments(store):
    async def heard():
        wanted = EventFilter(event={"prefix": ["a."]})
        async with get_events_subscriber(filter=wanted) as subscriber:
            threading.Timer(0.05, emit_event, ("a.b", CUSTOMERS), {"payload": {"at": time.time()}}).start()
            event = await asyncio.wait_for(anext(subscriber), 60)
            return event, time.time() - event.payload["at"]

    event, took = asyncio.run(heard())
    assert event.event == "a.b"
    assert took < 20


def test_what_a_client_was_told_is_there_when_its_block_is_left(store):
    async def tell():
        async with get_events_client() as client:
            await client.emit(Event(event="a.b", resource=CUSTOMERS))

    asyncio.run(tell())
    assert [each.event for each in events.select(store)] == ["a.b"]


def test_an_asserting_client_keeps_what_it_was_told():
    client = AssertingEventsClient()
    event = Event(event="a.b", resource=CUSTOMERS)
    asyncio.run(client.emit(event))
    assert AssertingEventsClient.last is client
    assert client.pop_events() == [event]
    assert client.pop_events() == []
    AssertingEventsClient.reset()
    assert AssertingEventsClient.all == []


def test_a_flow_run_is_followed_with_its_log_until_it_has_ended(store):
    state = etl(return_state=True)

    async def followed():
        async with FlowRunSubscriber(state.state_details.flow_run_id, straggler_timeout=0) as subscriber:
            return [each async for each in subscriber]

    assert any("Finished in state" in each.message for each in asyncio.run(followed()))


def test_a_tail_from_an_earlier_moment_brings_what_was_stored_before_and_then_what_is_new(store):
    emit_event("a.1", resource=CUSTOMERS)
    store.journal.flush()
    since = datetime.now(UTC) - timedelta(minutes=1)
    tail = events.Tail(store, EventFilter(occurred={"since": since}, event={"prefix": ["a."]}))
    emit_event("a.2", resource=CUSTOMERS)
    store.journal.flush()
    assert [each.event for each in [*tail.take(), *tail.take()]] == ["a.1", "a.2"]
    tail.close()


# -- faults


def test_what_was_said_before_a_kill_and_flushed_is_there_and_the_store_is_whole(run_python, store):
    ended = run_python(SAYS_AND_IS_KILLED)
    assert ended.code == -9
    assert [each.event for each in told(store)] == [f"a.{number}" for number in range(200)]


def test_what_a_script_says_last_is_there_after_its_exit(run_python, store):
    run_python("from pacc.events import emit_event\nemit_event('a.b', resource={'prefect.resource.id': 't'})")
    assert [each.event for each in told(store)] == ["a.b"]


def test_who_was_interested_and_is_gone_costs_nothing_any_more(run_python, store):
    run_python(WANTS_TO_KNOW_AND_IS_KILLED)
    assert len(store.read("events.interested")) == 1
    prune(store, clock.now())
    assert store.read("events.interested") == []


def test_old_events_go(store, monkeypatch):
    emit_event("a.old", resource=CUSTOMERS, occurred=datetime.now(UTC) - timedelta(days=8))
    emit_event("a.new", resource=CUSTOMERS)
    store.journal.flush()
    assert prune(store, clock.now()) == Removed(events=1)
    assert not prune(store, clock.now())
    assert [each.event for each in events.select(store)] == ["a.new"]


def test_a_resource_without_an_id_is_refused_where_an_event_is_made():
    with pytest.raises(InvalidValueError, match=r"pacc\.resource\.id"):
        Event(event="a", resource={})
    with pytest.raises(ValueError, match="200 characters"):
        EventFilter(text={"query": "x" * 201})
    with pytest.raises(ValueError, match="'ASC' or 'DESC'"):
        EventFilter(order="up")


def test_an_event_is_plain_data_for_json(store):
    etl()
    text = json.dumps([dict(each.resource) for each in told(store)])
    assert "pacc.flow-run." in text


def test_a_block_that_is_loaded_tells_which_and_by_whom_and_not_what_is_in_it(store):
    Secret(value="hush-hush").save("token")

    @flow
    def reading():
        return Secret.load("token").get()

    assert reading() == "hush-hush"
    (loaded,) = told(store, event={"name": ["prefect.block.secret.loaded"]})
    assert loaded.resource.name == "token"
    assert {"flow-run", "flow", "block-type"} <= set(loaded.resource_in_role)
    assert "hush" not in json.dumps([events.plain(each) for each in told(store)])


def test_the_steps_that_bring_a_run_s_code_tell_how_they_ended(store, tmp_path):
    said = []
    step = {"prefect.deployments.steps.set_working_directory": {"directory": str(tmp_path)}}
    run = LiveFlowRun(store, name="brave-otter", flow_id="1", flow_name="etl")
    with contextlib.chdir(tmp_path):
        run_pull_steps([step], lambda *each: said.append(each))
        with pytest.raises(StepExecutionError):
            run_pull_steps([{"pacc.nothing.there": {}}], partial(_tell_of_step, place.current(), run))
    assert said == [(0, "prefect.deployments.steps.set_working_directory", True)]
    (failed,) = told(store, event={"prefix": ["prefect.flow-run.pull-step."]})
    assert (failed.event, failed.payload["step_name"]) == ("pacc.flow-run.pull-step.failed", "there")


# -- by the page


@pytest.mark.parametrize("order", ["DESC", "ASC"])
@pytest.mark.parametrize("distinct", [False, True])
def test_events_are_read_a_page_at_a_time_and_what_happens_meanwhile_is_on_none(order, distinct):
    for number in range(8):
        emit_event(
            "table.loaded", resource={"prefect.resource.id": f"table.{number % 7}"}, payload={"n": number}
        )
    emit_event("other", resource={"prefect.resource.id": "t"})
    here = place.current().store
    here.journal.flush()
    wanted = EventFilter(
        event={"name": ["table.*"]}, resource={"id_prefix": ["table."], "distinct": distinct}, order=order
    )
    with get_client(sync_client=True) as client:
        page = client.read_events(filter=wanted, limit=3)
        assert (len(page.events), page.total) == (3, 7 if distinct else 8)
        seen = list(page.events)
        while page.next_page:
            emit_event("table.loaded", resource={"prefect.resource.id": "table.late"})
            here.journal.flush()
            page = client.read_events_page(page.next_page)
            seen += page.events
        numbers = [each.payload["n"] for each in seen]
        assert sorted(numbers) == (numbers if order == "ASC" else numbers[::-1])
        assert len(set(numbers)) == page.total == (7 if distinct else 8)
        for wrong in (
            "",
            "https://example.org/page",
            f"{page.next_page}",
            "/api/events/filter/next?page-token=e30=",
        ):
            with pytest.raises(ValueError, match="leads to no page of events"):
                client.read_events_page(wrong)


def test_a_run_that_goes_on_has_a_heartbeat_and_one_that_is_over_or_dead_has_none(store):
    @flow
    def beating():
        return heartbeats.tick(store, 1_000_000)

    with tags("nightly"):
        assert beating() == 181_000_000
    (run,) = flow_runs.select(store)
    heartbeats.tick(store, 0)
    with store.transaction() as changes:  # as one whose process is gone
        changes.run_sql(
            "UPDATE flow_run SET state_type = 'RUNNING', session = 'nobody', version = version + 1, attempt = attempt + 1"
        )
    heartbeats.tick(store, 0)
    store.journal.flush()
    beats = EventFilter(event={"name": ["prefect.flow-run.heartbeat"]})
    (beat,) = events.select(store, beats)
    assert (beat.resource.id, beat.resource.name) == (f"pacc.flow-run.{run.id}", run.name)
    assert {each.role for each in beat.related} == {"flow", "tag"}
