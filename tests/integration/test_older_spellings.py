"""Spellings of older decks and tutorials that mean something: `Abort`, and a delay for each retry."""

from __future__ import annotations

import random

import pytest

from pacc import flow, task
from pacc.exceptions import Abort
from pacc.states import Failed


def test_a_task_that_aborts_fails_with_its_message_and_is_not_tried_again(colour, recorded):
    def invalid():
        raise Abort("Invalid data format")

    call = colour.task(invalid, name="invalid", retries=3, retry_delay_seconds=60)
    with pytest.raises(Abort, match="Invalid data format"):
        colour.call(call)
    run = recorded.task_run()
    assert recorded.history(run) == ["Pending", "Running", "Failed"]
    assert run.state.message == "Invalid data format"
    assert run.run_count == 1


def test_only_the_failure_that_aborts_ends_the_retries(recorded):
    seen = []

    @task(retries=5)
    def fetch():
        seen.append(len(seen))
        if len(seen) < 3:
            raise ConnectionError("try again")
        try:
            int("not a number")
        except ValueError:
            raise Abort("Invalid data format") from None

    state = flow(lambda: fetch(return_state=True), name="outer")(return_state=True)
    assert state.is_failed()
    assert seen == [0, 1, 2]
    assert recorded.task_run().run_count == 3


def test_the_state_says_it_and_holds_the_signal():
    @task(retries=2)
    def invalid():
        raise Abort("Invalid data format")

    state = invalid(return_state=True)
    assert state.name == "Failed"
    assert state.state_details.retriable is False
    assert isinstance(state.result(raise_on_failure=False), Abort)
    with pytest.raises(Abort):
        state.result()


def test_a_flow_that_aborts_is_not_tried_again_either(colour, recorded):
    def invalid():
        raise Abort("No data today")

    with pytest.raises(Abort):
        colour.call(colour.flow(invalid, name="invalid", retries=3, retry_delay_seconds=60))
    run = recorded.flow_run()
    assert recorded.history(run) == ["Pending", "Running", "Failed"]
    assert run.state.message == "No data today"


def test_what_a_task_says_is_pointless_its_flow_does_not_repeat(recorded):
    invalid = task(retries=3)(_abort)

    with pytest.raises(Abort):
        flow(lambda: invalid(), name="outer", retries=3)()
    assert recorded.flow_run().state.message == "Invalid data format"
    assert len(recorded.task_runs()) == 1


def _abort():
    raise Abort("Invalid data format")


def test_a_flow_may_go_on_after_a_task_that_aborted(recorded):
    invalid = task(name="invalid")(_abort)

    @flow
    def outer():
        try:
            invalid()
        except Abort:
            return "went on"

    assert outer() == "went on"
    assert recorded.flow_run().state.is_completed()


def test_a_nested_flow_that_aborts_fails_the_one_around(recorded):
    inner = flow(_abort, name="inner", retries=1)
    with pytest.raises(Abort):
        flow(lambda: inner(), name="outer", retries=1)()
    assert {run.state.message for run in recorded.flow_runs()} == {"Invalid data format"}
    assert len(recorded.flow_runs()) == 2


def test_without_a_message_the_state_says_that_it_was_aborted():
    @task(retries=1)
    def invalid():
        raise Abort

    state = invalid(return_state=True)
    assert state.message


def test_a_generator_that_aborts_fails(recorded):
    @task(retries=1)
    def numbers():
        yield 1
        raise Abort("no more")

    found = []
    with pytest.raises(Abort):
        found.extend(numbers())
    assert recorded.task_run().state.message == "no more"


def test_a_task_that_aborts_within_its_time_limit_fails_by_its_own_message():
    state = task(timeout_seconds=60)(_abort)(return_state=True)
    assert (state.name, state.message) == ("Failed", "Invalid data format")


def test_a_submitted_task_that_aborts_is_not_tried_again(recorded):
    invalid = task(retries=3, name="invalid")(_abort)
    with pytest.raises(Abort, match="Invalid data format"):
        flow(lambda: invalid.submit().result(), name="outer")()
    run = recorded.task_run("invalid")
    assert (run.run_count, run.state.message) == (1, "Invalid data format")


def test_failure_hooks_hear_of_it():
    heard = []
    with pytest.raises(Abort):
        task(on_failure=[lambda task, run, state: heard.append(state.message)], retries=2)(_abort)()
    assert heard == ["Invalid data format"]


def test_a_delay_may_be_told_for_each_retry(recorded):
    asked = []

    def delay(retry):
        asked.append(retry)
        return retry / 1000

    failing = task(retries=3, retry_delay_seconds=delay)(lambda: 1 / 0)
    assert failing.retry_delay_seconds == [0.001, 0.002, 0.003]
    assert failing(return_state=True).is_failed()
    assert recorded.task_run().run_count == 4


def test_a_delay_told_for_each_retry_may_be_random():
    failing = task(retries=3, retry_delay_seconds=lambda retry: 2**retry + random.uniform(0, 1))(
        lambda: 1 / 0
    )
    assert all(2**retry <= delay < 2**retry + 1 for retry, delay in enumerate(failing.retry_delay_seconds, 1))


def test_a_function_may_tell_all_delays_at_once_as_in_prefect():
    failing = task(retries=3, retry_delay_seconds=lambda retries: [5] * retries)(lambda: 1 / 0)
    assert failing.retry_delay_seconds == [5, 5, 5]


def test_a_copy_keeps_the_delays():
    failing = task(retries=2, retry_delay_seconds=lambda retry: 10 * retry)(lambda: 1 / 0)
    assert failing.with_options(name="other").retry_delay_seconds == [10, 20]


def test_a_failed_state_made_by_hand_is_tried_again():
    calls = []

    @task(retries=1)
    def by_hand():
        calls.append(1)
        return Failed(message="by hand")

    assert by_hand(return_state=True).is_failed()
    assert len(calls) == 2
