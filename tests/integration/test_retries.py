"""A run that failed is tried again as its flow or task says, and its history tells."""

from __future__ import annotations

import functools

import pytest

from pacc import flow, task
from pacc.settings import temporary_settings
from pacc.states import Failed
from pacc.tasks import exponential_backoff


class Flaky:
    """Fails so many times, then succeeds."""

    def __init__(self, failures):
        self.failures = failures
        self.calls = 0

    def __call__(self):
        self.calls += 1
        if self.calls <= self.failures:
            raise ValueError(f"failure {self.calls}")
        return self.calls


@pytest.fixture
def no_waiting(monkeypatch):
    """Sleeping takes no time; the pauses asked for are listed."""
    slept = []

    async def arun(self):
        slept.append(self.seconds)

    monkeypatch.setattr("pacc._internal.steps.Sleep.run", lambda self: slept.append(self.seconds))
    monkeypatch.setattr("pacc._internal.steps.Sleep.arun", arun)
    return slept


def test_a_task_without_delay_goes_straight_on(colour, recorded):
    flaky = Flaky(2)
    assert colour.call(colour.task(lambda: flaky(), retries=2)) == 3
    run = recorded.task_run()
    assert recorded.history(run) == ["Pending", "Running", "Retrying", "Retrying", "Completed"]
    assert run.run_count == 3
    assert run.empirical_policy.retries == 2


def test_a_task_with_a_delay_waits_for_its_retry(colour, recorded, no_waiting):
    flaky = Flaky(1)
    colour.call(colour.task(lambda: flaky(), retries=1, retry_delay_seconds=30))
    states = recorded.states(recorded.task_run())
    assert [state.name for state in states] == [
        "Pending",
        "Running",
        "AwaitingRetry",
        "Retrying",
        "Completed",
    ]
    assert [state.type for state in states][2:4] == ["SCHEDULED", "RUNNING"]
    waited = states[2].state_details.scheduled_time - states[2].timestamp
    assert 29.5 < waited.total_seconds() <= 30.1
    assert "failure 1" in states[2].message
    assert no_waiting == [30]


def test_when_retries_are_used_up_the_last_failure_counts(colour, recorded):
    flaky = Flaky(9)
    with pytest.raises(ValueError, match="failure 3"):
        colour.call(colour.task(lambda: flaky(), retries=2))
    run = recorded.task_run()
    assert recorded.history(run) == ["Pending", "Running", "Retrying", "Retrying", "Failed"]
    assert run.state.message.endswith("ValueError: failure 3")


def test_of_a_list_of_delays_the_last_one_repeats(no_waiting):
    flaky = Flaky(4)
    task(lambda: flaky(), retries=4, retry_delay_seconds=[1, 5])()
    assert no_waiting == [1, 5, 5, 5]


def test_delays_may_come_from_a_function_of_the_number_of_retries(no_waiting):
    flaky = Flaky(3)
    task(lambda: flaky(), retries=3, retry_delay_seconds=exponential_backoff(2))()
    assert no_waiting == [2, 4, 8]
    assert task(retries=3, retry_delay_seconds=lambda n: [n] * n)(len).retry_delay_seconds == [3, 3, 3]


def test_jitter_stretches_and_shrinks_the_pause(no_waiting):
    flaky = Flaky(40)
    task(lambda: flaky(), retries=40, retry_delay_seconds=10, retry_jitter_factor=0.5)()
    assert len(set(no_waiting)) > 1
    assert all(5 <= pause <= 15 for pause in no_waiting)


def test_a_hand_made_failure_is_retried_too(colour, recorded):
    states = iter([Failed(message="not yet"), "well"])
    assert colour.call(colour.task(lambda: next(states), retries=1)) == "well"
    assert recorded.history(recorded.task_run()) == ["Pending", "Running", "Retrying", "Completed"]


class Condition:
    """A condition that is no plain function."""

    def __call__(self, task, task_run, state):
        return "failure 1" in state.message


async def asynchronous(task, task_run, state):
    return "failure 1" in state.message


def chosen(word, task, task_run, state):
    return word in state.message


@pytest.mark.parametrize(
    "condition",
    [
        lambda task, task_run, state: "failure 1" in state.message,
        Condition(),
        asynchronous,
        functools.partial(chosen, "failure 1"),
    ],
    ids=["function", "object", "async", "partial"],
)
def test_a_condition_of_any_kind_decides_whether_to_retry(colour, recorded, condition):
    flaky = Flaky(5)
    with pytest.raises(ValueError, match="failure 2"):
        colour.call(colour.task(lambda: flaky(), retries=5, retry_condition_fn=condition))
    assert recorded.history(recorded.task_run()) == ["Pending", "Running", "Retrying", "Failed"]


def test_the_condition_is_given_the_task_its_run_and_the_failure(colour):
    seen = []
    flaky = Flaky(1)
    fetch = colour.task(
        lambda: flaky(), name="fetch", retries=1, retry_condition_fn=lambda *given: seen.append(given) or True
    )
    colour.call(fetch)
    [(subject, run, state)] = seen
    assert (subject, run.name, run.run_count) == (fetch, "fetch", 1)
    assert isinstance(state.data, ValueError)


def test_a_condition_that_raises_means_no(colour, recorded):
    flaky = Flaky(5)
    with pytest.raises(ValueError, match="failure 1"):
        colour.call(colour.task(lambda: flaky(), retries=5, retry_condition_fn=lambda *_: 1 / 0))
    assert recorded.history(recorded.task_run()) == ["Pending", "Running", "Failed"]


def test_a_flow_is_tried_again_as_a_whole(colour, recorded, no_waiting):
    flaky = Flaky(2)
    assert colour.call(colour.flow(lambda: flaky(), retries=2, retry_delay_seconds=7)) == 3
    run = recorded.flow_run()
    assert recorded.history(run) == [
        "Pending", "Running", "AwaitingRetry", "Running", "AwaitingRetry", "Running", "Completed",
    ]  # fmt: skip
    assert run.run_count == 3
    assert no_waiting == [7, 7]
    assert "failure 1" in recorded.states(run)[2].message


def test_task_runs_say_which_run_of_the_flow_they_belong_to(recorded):
    flaky = Flaky(1)
    step = task(lambda: 1, name="step")
    flow(lambda: (step(), flaky()), retries=1)()
    assert [run.flow_run_run_count for run in recorded.task_runs()] == [1, 2]


def test_parameters_that_do_not_fit_are_not_tried_again(recorded):
    @flow(retries=3)
    def typed(number: int): ...

    assert typed("many", return_state=True).is_failed()
    assert recorded.flow_run().run_count == 0


def test_settings_give_the_default():
    with temporary_settings({"PACC_TASKS_DEFAULT_RETRIES": 4, "PACC_FLOWS_DEFAULT_RETRIES": 2}):
        assert (task(len).retries, flow(len).retries) == (4, 2)
        assert task(retries=0)(len).retries == 0


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"retry_delay_seconds": [1] * 51}, "50 delays at most, not 51"),
        ({"retry_delay_seconds": -1}, "zero or more"),
        ({"retries": -1}, "zero or more"),
        ({"retry_jitter_factor": -0.1}, "zero or more"),
    ],
)
def test_numbers_out_of_range_are_refused_at_declaration(options, error):
    with pytest.raises(ValueError, match=error):
        task(**options)(len)
