"""Arguments that come from other runs: resolved, followed by identity, and waited for."""

from __future__ import annotations

import dataclasses

import pytest

from pacc import allow_failure, flow, opaque, quote, task, unmapped
from pacc.engine import upstream
from pacc.exceptions import ParameterTypeError, UnfinishedRun
from pacc.states import Cancelled, Completed, Crashed, Failed


@task
def make():
    return {"celsius": 10.4, "city": "Ulm in the rain"}


@task
def fail():
    raise ValueError("no such city")


@task
def use(data=None, **more):
    return data


@task
def look(data): ...


@dataclasses.dataclass
class Report:
    data: object


def came_from(run):
    return {"input_type": "task_run", "id": str(run.id)}


def test_a_completed_state_is_replaced_by_its_result(colour, recorded):
    assert colour.call(colour.flow(lambda: use(make(return_state=True))))["celsius"] == 10.4
    assert recorded.task_run("use").task_inputs == {"data": [came_from(recorded.task_run("make"))]}


@pytest.mark.parametrize(
    ("wrap", "look"),
    [
        (lambda state: [state, 1], lambda data: data[0]),
        (lambda state: (1, [state]), lambda data: data[1][0]),
        (lambda state: {"key": {"deep": state}}, lambda data: data["key"]["deep"]),
        (lambda state: {state}, None),
        (Report, lambda data: data.data),
        (unmapped, lambda data: data),
    ],
    ids=["list", "tuple", "dictionary", "set", "dataclass", "unmapped"],
)
def test_states_are_found_anywhere_inside_arguments(wrap, look, recorded):
    number = task(lambda: 1000, name="number")
    data = flow(lambda: use(wrap(number(return_state=True))))()
    assert (look(data) if look else data) == (1000 if look else {1000})
    assert recorded.task_run("use").task_inputs == {"data": [came_from(recorded.task_run("number"))]}


def test_arguments_without_states_are_passed_as_the_same_objects():
    given = [{"a": [1, (2, 3)]}, Report([4])]
    assert flow(lambda: use(given))() is given
    held = []
    held.append((held,))
    assert flow(lambda: use(held))() is held


@pytest.mark.parametrize(
    "state", [Failed(), Crashed(), Cancelled(), fail], ids=["failed", "crashed", "cancelled", "of a run"]
)
def test_an_upstream_that_did_not_complete_leaves_the_run_not_ready(colour, recorded, state):
    called = []
    watch = task(lambda data: called.append(1), name="watch")

    @colour.flow
    def pipeline():
        given = fail(return_state=True) if state is fail else state
        return watch(given), watch(given, return_state=True)

    answer, left = colour.call(pipeline)
    assert (answer, called) == (None, [])
    assert (left.name, left.type) == ("NotReady", "PENDING")
    assert recorded.history(recorded.task_runs("watch")[0]) == ["Pending", "NotReady"]
    with pytest.raises(UnfinishedRun):
        left.result()


def test_wait_for_applies_the_same_rule_without_passing_data(recorded):
    @flow
    def pipeline():
        well, ill = make(return_state=True), fail(return_state=True)
        return (
            use(1, wait_for=[well]),
            use(2, wait_for=[well, ill]),
            use(3, wait_for=ill),
            use(4, wait_for=[]),
        )

    assert pipeline() == (1, None, None, 4)
    first, second, *_ = recorded.task_runs("use")
    assert first.task_inputs == {"wait_for": [came_from(recorded.task_run("make"))]}
    assert len(second.task_inputs["wait_for"]) == 2


def test_wait_for_takes_values_and_iterators_too(recorded):
    @flow
    def pipeline():
        data = make()
        return use(1, wait_for=[data]), use(2, wait_for=(state for state in [fail(return_state=True)]))

    assert pipeline() == (1, None)
    assert recorded.task_runs("use")[0].task_inputs["wait_for"] == [came_from(recorded.task_run("make"))]


def test_allow_failure_passes_the_error_of_a_failed_upstream(recorded):
    @flow
    def pipeline():
        ill = fail(return_state=True)
        not_ready = use(ill, return_state=True)
        return use(allow_failure(ill)), use(allow_failure([ill, 1])), use(allow_failure(not_ready))

    alone, among, nothing = pipeline()
    assert isinstance(alone, ValueError)
    assert isinstance(among[0], ValueError)
    assert nothing is None
    assert [run.state_name for run in recorded.task_runs("use")] == [
        "NotReady",
        "Completed",
        "Completed",
        "Completed",
    ]


@pytest.mark.parametrize("state", [Crashed(), Cancelled()], ids=["crashed", "cancelled"])
def test_allow_failure_does_not_help_where_the_upstream_crashed_or_was_cancelled(state):
    assert flow(lambda: use(allow_failure(state), return_state=True).name)() == "NotReady"


def test_quote_passes_the_value_unseen_and_opaque_looks_at_the_surface_only():
    state = Completed(data=5)
    assert flow(lambda: use(quote([state])))() == [state]
    assert flow(lambda: use(opaque([state])))() == [state]
    assert flow(lambda: use(opaque(state)))() == 5
    assert quote(3).unquote() == 3


@pytest.mark.parametrize("noun", ["flow", "task"])
def test_a_record_of_a_run_is_refused_unless_it_is_opaque(recorded, noun):
    flow(lambda: make())()
    record = recorded.flow_run() if noun == "flow" else recorded.task_run()
    with pytest.raises(ParameterTypeError, match=r"'data' got a \w+ record; wrap it in `opaque"):
        use(record)
    assert use(opaque(record)) is record


def test_results_are_followed_by_identity_with_their_members(recorded):
    @flow
    def pipeline():
        data = make()
        for given in (data, data["city"], [data], dict(data)):
            look(given)

    pipeline()
    source = came_from(recorded.task_run("make"))
    assert [run.task_inputs for run in recorded.task_runs("look")] == [{"data": [source]}] * 4


def test_a_value_that_is_handed_on_comes_from_whoever_had_it_last(recorded):
    flow(lambda: use(use(make())))()
    first, second = recorded.task_runs("use")
    assert first.task_inputs == {"data": [came_from(recorded.task_run("make"))]}
    assert second.task_inputs == {"data": [came_from(first)]}


@pytest.mark.parametrize("value", [None, True, False, ..., NotImplemented, 0, 256, -5], ids=repr)
def test_what_there_is_only_one_of_is_not_followed(recorded, value):
    flow(lambda: use(task(lambda: value, name="source")()))()
    assert recorded.task_run("use").task_inputs == {}


@pytest.mark.parametrize("value", [257, -6, 1.5, "a sentence of its own", (1, 2), b"bytes"], ids=repr)
def test_everything_else_is(recorded, value):
    flow(lambda: use(task(lambda: value, name="source")()))()
    assert recorded.task_run("use").task_inputs == {"data": [came_from(recorded.task_run("source"))]}


def test_the_memory_of_values_does_not_grow_with_the_number_of_tasks():
    registry = upstream.Registry()
    kept = [object() for _ in range(10)]
    for number in range(1000):
        registry.remember([number * 1000], "task_run", str(number))
        registry.remember(kept[number % 10], "task_run", str(number))
    assert len(registry) <= 20
    assert all(registry.source(value) is not None for value in kept)


def test_only_so_many_members_of_a_large_collection_are_followed():
    registry = upstream.Registry()
    many = [float(number) for number in range(10_000)]
    registry.remember(many, "task_run", "1")
    assert registry.source(many) == ("task_run", "1")
    assert len(registry) <= 300


def test_values_do_not_leak_from_one_flow_run_to_the_next(recorded):
    data = flow(lambda: make())()
    flow(lambda: use(data))()
    assert recorded.task_run("use").task_inputs == {}
