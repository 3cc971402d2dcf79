"""A flow call: what it gives back, and the state its run ends in."""

from __future__ import annotations

import pytest

from pacc import flow, task
from pacc.exceptions import CancelledRun, CrashedRun, FailedRun, InvalidNameError, ReservedArgumentError
from pacc.states import Cancelled, Completed, Crashed, Failed, Running


@task
def succeed():
    return "well"


@task
def fail():
    raise ValueError("no such city")


def test_a_flow_returns_what_its_function_returns(colour, recorded):
    assert colour.call(colour.flow(lambda: {"celsius": 10.4})) == {"celsius": 10.4}
    run = recorded.flow_run()
    assert recorded.history(run) == ["Pending", "Running", "Completed"]
    assert run.run_count == 1
    assert run.state.message is None
    assert run.start_time <= run.end_time


def test_return_state_gives_the_state_and_its_result(colour):
    state = colour.call(colour.flow(lambda: 3), return_state=True)
    assert state.is_completed()
    assert state.result() == 3


def test_a_flow_that_returns_nothing_has_the_result_none(colour):
    state = colour.call(colour.flow(lambda: None), return_state=True)
    assert state.is_completed()
    assert state.result() is None


def test_an_error_fails_the_run_and_reaches_the_caller(colour, recorded):
    @colour.flow
    def broken():
        raise ValueError("no such city")

    with pytest.raises(ValueError, match="no such city"):
        colour.call(broken)
    state = recorded.flow_run().state
    assert state.name == "Failed"
    assert state.message == "Flow run encountered an exception: ValueError: no such city"


def test_return_state_never_raises_for_a_failure(colour):
    @colour.flow
    def broken():
        raise ValueError("no such city")

    state = colour.call(broken, return_state=True)
    assert isinstance(state.result(raise_on_failure=False), ValueError)
    with pytest.raises(ValueError, match="no such city"):
        state.result()


def test_a_state_made_by_hand_is_taken_as_it_is(colour, recorded):
    state = colour.call(
        colour.flow(lambda: Completed(name="Skipped", message="nothing to do")), return_state=True
    )
    assert (state.name, state.message) == ("Skipped", "nothing to do")
    assert recorded.flow_run().state.name == "Skipped"


@pytest.mark.parametrize(
    ("made", "error"),
    [
        (lambda: Failed(message="no such city"), FailedRun),
        (lambda: Cancelled(message="no such city"), CancelledRun),
        (lambda: Crashed(message="no such city"), CrashedRun),
    ],
    ids=["failed", "cancelled", "crashed"],
)
def test_a_hand_made_end_that_is_not_completed_is_raised(colour, made, error):
    with pytest.raises(error, match="no such city"):
        colour.call(colour.flow(made))


def test_a_hand_made_completed_state_gives_its_data_or_none(colour):
    assert colour.call(colour.flow(lambda: Completed(name="Skipped"))) is None
    assert colour.call(colour.flow(lambda: Completed(data=5))) == 5


def test_a_state_that_ends_no_run_is_an_error_with_a_sentence(colour, recorded):
    calls = []

    @colour.flow
    def endless():
        calls.append(1)
        return Running()

    with pytest.raises(FailedRun, match="'Running', which does not end a run"):
        colour.call(endless)
    assert calls == [1]
    assert recorded.flow_run().state_name == "Failed"


@pytest.mark.parametrize(
    "returned",
    [
        lambda: {"a": fail(return_state=True)},
        lambda: [fail(return_state=True), 1],
        list,
        lambda: None,
        lambda: ValueError("only a value"),
    ],
    ids=["dictionary", "mixed list", "empty list", "nothing", "error object"],
)
def test_anything_else_completes_even_with_failures_inside(colour, recorded, returned):
    state = colour.call(colour.flow(returned), return_state=True)
    assert (state.name, state.message) == ("Completed", None)
    assert recorded.flow_runs()[0].state_name == "Completed"


@pytest.mark.parametrize("collection", [list, tuple, set])
def test_a_collection_of_nothing_but_states_is_summed_up(colour, recorded, collection):
    @colour.flow
    def both():
        return collection([succeed(return_state=True), fail(return_state=True)])

    state = colour.call(both, return_state=True)
    assert (state.name, state.message) == ("Failed", "1/2 states failed.")
    assert colour.call(colour.flow(lambda: [succeed(return_state=True)]), return_state=True).message == (
        "All states completed."
    )


def test_a_list_with_failures_fails_the_run_but_is_returned(colour, recorded):
    answer = colour.call(colour.flow(lambda: [fail(return_state=True)]))
    assert answer[0].is_failed()
    assert recorded.flow_run().state_name == "Failed"


def test_a_single_failed_state_is_raised(colour):
    with pytest.raises(ValueError, match="no such city"):
        colour.call(colour.flow(lambda: fail(return_state=True)))


def test_a_failed_task_alone_does_not_fail_the_flow(colour, recorded):
    @colour.flow
    def tolerant():
        fail(return_state=True)
        return "well"

    assert colour.call(tolerant) == "well"
    assert recorded.flow_run().state_name == "Completed"
    assert recorded.task_run("fail").state_name == "Failed"


def test_a_generator_object_is_drained_to_a_list(recorded):
    assert flow(lambda: (number for number in range(3)))() == [0, 1, 2]
    assert recorded.flow_run().state_name == "Completed"


def test_a_generator_object_that_raises_fails_the_run(recorded):
    with pytest.raises(ZeroDivisionError):
        flow(lambda: (1 / number for number in range(3)))()
    assert recorded.flow_run().state_name == "Failed"


def test_a_flow_is_named_after_its_function_with_hyphens():
    @flow
    def fetch_weather(): ...

    assert fetch_weather.name == "fetch-weather"
    assert len(fetch_weather.version) == 32


@pytest.mark.parametrize("name", ["a/b", "a%b", "a&b", "a>b", "a<b"])
def test_a_name_with_a_banned_character_is_refused(name):
    with pytest.raises(InvalidNameError, match="leave out"):
        flow(name=name)(lambda: None)


@pytest.mark.parametrize("decorate", [flow, task])
def test_reserved_parameter_names_are_refused_at_declaration(decorate):
    with pytest.raises(ReservedArgumentError, match="'wait_for'"):
        decorate(lambda wait_for: None)
    with pytest.raises(ReservedArgumentError, match="'return_state'"):
        decorate(lambda return_state: None)
