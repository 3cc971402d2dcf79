"""A flow called from a flow: a run of its own, and a task run that stands for it in its parent."""

from __future__ import annotations

import functools
import re

import pytest

from pacc import flow, task
from pacc.states import Failed


@flow
def child(number=1):
    return number + 1


def test_a_nested_flow_is_a_run_of_its_own_below_its_parent(colour, recorded):
    inner = colour.flow(lambda: 1, name="inner")
    colour.call(colour.flow(lambda: inner(), name="outer"))
    outer_run, inner_run = recorded.flow_runs()
    assert recorded.history(inner_run) == ["Pending", "Running", "Completed"]
    assert inner_run.parent_flow_run_id == outer_run.id
    assert inner_run.root_flow_run_id == outer_run.root_flow_run_id == outer_run.id
    assert inner_run.parent_task_run_id == recorded.task_run().id


def test_the_task_run_that_stands_for_it_goes_through_the_same_states(colour, recorded):
    inner = colour.flow(lambda: 1 / 0, name="inner", retries=1)
    colour.call(colour.flow(lambda: inner(return_state=True), name="outer"), return_state=True)
    outer_run, inner_run = recorded.flow_runs()
    tracker = recorded.task_run()
    assert tracker.name == "inner-0"
    assert tracker.flow_run_id == outer_run.id
    assert recorded.history(tracker) == recorded.history(inner_run)
    assert {state.state_details.child_flow_run_id for state in recorded.states(tracker)} == {inner_run.id}
    assert tracker.state.message == inner_run.state.message


def test_calls_are_numbered_by_flow(recorded):
    other = child.with_options(name="other")
    flow(lambda: (child(), other(), child()))()
    assert [run.name for run in recorded.task_runs()] == ["child-0", "other-0", "child-1"]


def test_inside_a_task_the_number_has_company(recorded):
    step = task(lambda: child(), name="step")
    flow(lambda: step())()
    tracker = recorded.task_run("child")
    assert re.fullmatch(r"child-[0-9a-f]{8}-0", tracker.name)
    assert tracker.flow_run_id == recorded.flow_runs()[0].id
    assert tracker.task_inputs == {
        "__parents__": [{"input_type": "task_run", "id": str(recorded.task_run("step").id)}]
    }


def test_a_task_below_a_flow_below_a_task_belongs_to_the_flow_alone(recorded):
    lowest = task(lambda: 1, name="lowest")
    inner = flow(lambda: lowest(), name="inner")
    step = task(lambda: inner(), name="step")
    flow(lambda: step())()
    assert recorded.task_run("lowest").task_inputs == {}


@pytest.mark.parametrize(
    "thing", [functools.partial(abs, -3), type("Three", (), {"__call__": lambda self: 3})()]
)
def test_any_callable_can_be_a_nested_flow_or_a_task(recorded, thing):
    assert flow(lambda: (flow(thing)(), task(thing)()))() == (3, 3)


def test_three_floors_share_one_root(recorded):
    middle = flow(lambda: child(), name="middle")
    flow(lambda: middle(), name="top")()
    top, below, lowest = recorded.flow_runs()
    assert {run.root_flow_run_id for run in (top, below, lowest)} == {top.id}
    assert lowest.parent_flow_run_id == below.id


def test_a_failure_below_reaches_the_parent_like_any_error(colour, recorded):
    inner = colour.flow(lambda: 1 / 0, name="inner")
    with pytest.raises(ZeroDivisionError):
        colour.call(colour.flow(lambda: inner()))
    assert [run.state_name for run in recorded.flow_runs()] == ["Failed", "Failed"]


def test_a_parent_may_return_the_state_of_its_child(recorded):
    broken = flow(lambda: Failed(message="no such city"), name="broken")
    state = flow(lambda: broken(return_state=True))(return_state=True)
    assert (state.name, state.message) == ("Failed", "1/1 states failed.")


def test_tasks_of_a_child_belong_to_the_child(recorded):
    step = task(lambda: 1, name="step")
    inner = flow(lambda: step(), name="inner")
    flow(lambda: inner())()
    assert recorded.task_run("step").flow_run_id == recorded.flow_runs()[1].id


def test_the_result_of_a_child_is_followed_to_the_task_that_gets_it(recorded):
    make = flow(lambda: {"celsius": 10.4}, name="make")
    use = task(lambda data: data["celsius"], name="use")
    assert flow(lambda: use(make()))() == 10.4
    inner = recorded.flow_runs()[1]
    assert recorded.task_run("use").task_inputs == {"data": [{"input_type": "flow_run", "id": str(inner.id)}]}


def test_a_child_whose_upstream_failed_is_not_run(recorded):
    fail = task(lambda: 1 / 0, name="fail")

    @flow
    def parent():
        return [child(fail(return_state=True), return_state=True)]

    parent()
    inner = recorded.flow_runs()[1]
    assert recorded.history(inner) == ["Pending", "NotReady"]
    assert recorded.task_run("child").state_name == "NotReady"


def test_a_child_is_timed_in_full(recorded):
    flow(lambda: child())()
    outer, inner = recorded.flow_runs()
    assert outer.start_time <= inner.start_time <= inner.end_time <= outer.end_time
    assert inner.total_run_time <= outer.total_run_time


def test_a_retry_of_the_parent_reuses_a_child_whose_result_is_kept(colour, recorded):
    done = []

    def double(number):
        done.append(number)
        return 2 * number

    kept = colour.flow(double, name="kept", persist_result=True)
    fleeting = colour.flow(double, name="fleeting")

    def calls():
        found = [kept(1), kept(2), fleeting(3)]
        if done.count(3) == 1:
            raise ValueError("once more")
        return found

    async def acalls():
        found = [await kept(1), await kept(2), await fleeting(3)]
        if done.count(3) == 1:
            raise ValueError("once more")
        return found

    outer = colour.flow(acalls if colour.is_async else calls, name="outer", retries=1)
    assert colour.call(outer) == [2, 4, 6]
    assert done == [1, 2, 3, 3]
    assert [run.state_name for run in recorded.task_runs("kept")] == ["Completed"] * 2 + ["Cached"] * 2
    assert len(recorded.flow_runs()) == 5


def test_a_retry_calls_a_child_again_whose_arguments_changed(recorded):
    given = []

    @flow(persist_result=True)
    def kept(number):
        given.append(number)
        return number

    @flow(retries=1)
    def outer():
        kept(len(given))
        if len(given) == 1:
            raise ValueError("once more")

    outer()
    assert given == [0, 1]


def test_two_attempts_of_a_nested_parent_share_a_child_and_two_calls_of_it_do_not(recorded):
    done = []

    @flow(persist_result=True)
    def kept():
        done.append("kept")

    @flow(retries=1)
    def middle():
        kept()
        done.append("middle")
        if done.count("middle") == 1:
            raise ValueError("once more")

    @flow
    def outer():
        middle()
        middle()

    outer()
    assert done == ["kept", "middle", "middle", "kept", "middle"]
