"""A flow's code waits for a person, who resumes the run, with what it asked for where it did."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from pydantic import BaseModel

from pacc import apause_flow_run, flow, pause_flow_run, resume_flow_run, suspend_flow_run, task
from pacc.client.orchestration import get_client
from pacc.exceptions import (
    FlowPauseTimeout,
    IllegalTransition,
    InvalidRunInput,
    NotPausedError,
    StaleTransition,
)
from pacc.flow_runs import retry_flow_run
from pacc.input import RunInput
from pacc.services import pausing, run_inputs
from pacc.task_runners import ThreadPoolTaskRunner


class Approval(RunInput):
    approved: bool
    reason: str = "none given"


class City(BaseModel):
    name: str
    people: int = 0


@contextmanager
def somebody(recorded, *answers):
    """Somebody who resumes the run each time it is paused, with these answers in turn."""
    problems = []

    def work():
        try:
            for answer in answers:
                run = _paused(recorded)
                if callable(answer):
                    answer(run)
                else:
                    pausing.resume(recorded.store, run.id, answer)
        except Exception as problem:  # noqa: BLE001 - told by the test itself
            problems.append(problem)
            for run in recorded.flow_runs():
                with suppress(NotPausedError):
                    pausing.resume(recorded.store, run.id)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    thread.join(timeout=20)
    assert not thread.is_alive()
    assert problems == []


def _paused(recorded):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for run in recorded.flow_runs():
            if run.state_name == "Paused":
                return run
        time.sleep(0.005)
    raise AssertionError("no run was paused")


def test_a_run_waits_until_it_is_resumed(colour, recorded):
    @colour.flow
    def waiting():
        return pause_flow_run()

    began = time.monotonic()
    with somebody(recorded, None):
        assert colour.call(waiting) is None
    assert time.monotonic() - began < 9  # and not after the poll interval
    run = recorded.flow_run()
    assert recorded.history(run) == ["Pending", "Running", "Paused", "Running", "Completed"]
    assert run.run_count == 1


@pytest.mark.parametrize(
    ("wanted", "given", "got"),
    [
        (int, {"value": 3}, 3),
        (list[str], {"value": ["a"]}, ["a"]),
        (Approval, {"approved": True}, Approval(approved=True)),
        (
            Approval.with_initial_data("Deploy?", reason="tested"),
            {"approved": False},
            Approval(approved=False, reason="tested"),
        ),
    ],
)
def test_a_run_is_given_what_it_asked_for(recorded, wanted, given, got):
    @flow
    def asking():
        return pause_flow_run(wait_for_input=wanted)

    with somebody(recorded, given):
        answer = asking()
    assert (answer.model_dump() if isinstance(answer, BaseModel) else answer) == (
        got.model_dump() if isinstance(got, BaseModel) else got
    )


def test_a_model_becomes_a_kind_of_input(recorded):
    @flow
    def asking():
        city = pause_flow_run(wait_for_input=City)
        return isinstance(city, City), city.name, city.people

    with somebody(recorded, {"name": "Ulm"}):
        assert asking() == (True, "Ulm", 0)


def test_input_that_does_not_fit_is_refused_and_the_run_stays_paused(recorded):
    def wrong(run):
        store = recorded.store
        schema, description = pausing.asked_for(store, run.id)
        assert set(schema["properties"]) == {"approved", "reason"}
        assert description == "Deploy?"
        for given in (None, {"approved": "perhaps"}, {"approved": True, "colour": "red"}):
            with pytest.raises(InvalidRunInput):
                pausing.resume(store, run.id, given)
        assert recorded.flow_run().state_name == "Paused"
        pausing.resume(store, run.id, {"approved": True})

    @flow
    def asking():
        return pause_flow_run(wait_for_input=Approval.with_initial_data("Deploy?")).approved

    with somebody(recorded, wrong):
        assert asking() is True
    keys = {each.key for each in run_inputs.select(recorded.store, recorded.flow_run().id, "", limit=9)}
    assert keys == {"paused-1-schema", "paused-1-description", "paused-1-response"}


def test_input_that_nobody_asked_for_is_refused(recorded):
    def wrong(run):
        with pytest.raises(InvalidRunInput, match="asks for no input"):
            pausing.resume(recorded.store, run.id, {"value": 1})
        resume_flow_run(run.id)

    @flow
    def waiting():
        pause_flow_run()

    with somebody(recorded, wrong):
        waiting()


def test_nobody_comes_in_time_and_the_run_fails(recorded):
    @flow
    def waiting():
        pause_flow_run(timeout=0.2)

    with pytest.raises(FlowPauseTimeout):
        waiting()
    run = recorded.flow_run()
    assert recorded.history(run) == ["Pending", "Running", "Paused", "Running", "Failed"]
    assert "Nobody resumed the run before its pause ended." in run.state.message


def test_a_pause_that_was_passed_is_not_made_again_by_a_retry(recorded):
    broken = [True]

    @flow
    def waiting():
        value = pause_flow_run(wait_for_input=int, key="number")
        if broken[0]:
            raise OSError("no answer")
        return value

    with somebody(recorded, {"value": 4}), pytest.raises(OSError, match="no answer"):
        waiting()
    broken[0] = False
    with somebody(recorded, {"value": 5}):
        assert (
            retry_flow_run(recorded.flow_run().id, flow=waiting).result() == 5
        )  # another attempt asks again

    @flow(retries=1)
    def stubborn():
        value = pause_flow_run(wait_for_input=int)
        if not broken[0]:
            broken[0] = True
            raise OSError("no answer")
        return value

    with somebody(recorded, {"value": 6}):
        assert stubborn() == 6  # the same one does not


def test_tasks_that_were_submitted_go_on_while_the_code_waits(recorded):
    @task
    def step(value):
        return value

    @flow
    def waiting():
        future = step.submit(step.submit(1))
        pause_flow_run()
        return future.result()

    def later(run):
        end = time.monotonic() + 60
        while [each.state_name for each in recorded.task_runs("step")] != ["Completed"] * 2:
            assert time.monotonic() < end
            time.sleep(0.005)
        resume_flow_run(run.id)

    with somebody(recorded, later):
        assert waiting() == 1


def test_a_nested_flow_pauses_itself(recorded):
    @flow
    def inner():
        return pause_flow_run(wait_for_input=str)

    @flow
    def outer():
        return inner()

    with somebody(recorded, {"value": "yes"}):
        assert outer() == "yes"
    assert [run.state_name for run in recorded.flow_runs()] == ["Completed", "Completed"]


def test_an_event_loop_goes_on_while_a_flow_waits(recorded):
    ticks = []

    @flow
    async def waiting():
        async def tick():
            while True:
                ticks.append(1)
                await asyncio.sleep(0.005)

        ticking = asyncio.ensure_future(tick())
        await apause_flow_run()
        ticking.cancel()

    with somebody(recorded, lambda run: time.sleep(0.1) or resume_flow_run(run.id)):
        asyncio.run(waiting())
    assert len(ticks) > 5


def test_a_running_flow_is_paused_from_outside_before_its_next_task(recorded):
    seen = []

    @task
    def step(number):
        seen.append(number)

    def outside(run):
        time.sleep(0.15)  # a task looks twenty times a second whether to wait
        held = len(seen)
        time.sleep(0.1)
        assert len(seen) == held
        pausing.resume(recorded.store, run.id)

    @flow
    def long(run_id=None):
        from pacc.runtime import flow_run

        step(0)
        pausing.pause(recorded.store, flow_run.id)
        for number in range(1, 20):
            step(number)
            time.sleep(0.01)

    with somebody(recorded, outside):
        long()
    assert seen == list(range(20))
    assert recorded.history(recorded.flow_run()) == ["Pending", "Running", "Paused", "Running", "Completed"]


def test_all_tasks_of_a_flow_that_is_paused_from_outside_wait(recorded):
    seen = []

    @task
    def step(number):
        seen.append(number)

    @flow(task_runner=ThreadPoolTaskRunner(max_workers=4))
    def wide():
        from pacc.runtime import flow_run

        pausing.pause(recorded.store, flow_run.id)
        time.sleep(0.06)  # a task looks twenty times a second whether to wait
        step.map(range(20)).wait()

    def outside(run):
        time.sleep(0.2)
        assert seen == []
        pausing.resume(recorded.store, run.id)

    with somebody(recorded, outside):
        wide()
    assert sorted(seen) == list(range(20))
    assert recorded.history(recorded.flow_run()) == ["Pending", "Running", "Paused", "Running", "Completed"]


def test_a_pause_from_outside_ends_as_well(recorded):
    @task
    def step(number): ...

    @flow
    def wide():
        from pacc.runtime import flow_run

        pausing.pause(recorded.store, flow_run.id, timeout=0.2)
        time.sleep(0.06)
        step.map(range(5)).wait()

    wide(return_state=True)
    run = recorded.flow_run()
    assert (run.run_count, recorded.history(run).count("Running")) == (1, 2)


def test_a_flow_that_ends_while_it_is_paused_from_outside_waits_with_its_end(recorded):
    @flow
    def short():
        from pacc.runtime import flow_run

        pausing.pause(recorded.store, flow_run.id)
        return 5

    with somebody(recorded, None):
        assert short() == 5
    assert recorded.history(recorded.flow_run()) == ["Pending", "Running", "Paused", "Running", "Completed"]


def test_only_what_is_paused_is_resumed_and_only_what_runs_is_paused(recorded):
    @flow
    def quick(): ...

    quick()
    run = recorded.flow_run()
    with pytest.raises(NotPausedError, match="in state 'Completed'"):
        resume_flow_run(run.id)
    with pytest.raises(IllegalTransition, match="only one that is running"):
        pausing.pause(recorded.store, run.id)


def test_who_may_pause_and_suspend_is_told_in_a_sentence(recorded):
    with pytest.raises(RuntimeError, match="no flow is running here"):
        pause_flow_run()

    @task
    def pausing_task():
        pause_flow_run()

    @flow
    def nested():
        suspend_flow_run()

    @flow
    def outer():
        with pytest.raises(RuntimeError, match="not by a task"):
            pausing_task()
        with pytest.raises(RuntimeError, match="a nested flow run cannot be suspended"):
            nested()
        with pytest.raises(RuntimeError, match="only runs of deployments"):
            suspend_flow_run()

    outer()


def test_the_client_resumes_and_says_why_not(recorded):
    def by_client(run):
        with get_client(sync_client=True) as client:
            refused = client.resume_flow_run(run.id, {"value": "x"})
            assert (refused.status, refused.state.name) == ("REJECT", "Paused")
            assert "not of type 'integer'" in refused.reason
            assert client.resume_flow_run(run.id, {"value": 1}).status == "ACCEPT"

    @flow
    def asking():
        return pause_flow_run(wait_for_input=int)

    with somebody(recorded, by_client):
        assert asking() == 1


def test_a_run_that_someone_ended_while_it_was_paused_stays_ended(recorded):
    from pacc.services.run_transitions import propose_flow_run_state
    from pacc.states import Failed

    @flow
    def waiting():
        pause_flow_run()

    def ended(run):
        propose_flow_run_state(recorded.store, str(run.id), Failed(message="enough"))

    with (
        somebody(recorded, ended),
        pytest.raises(StaleTransition, match="became 'Failed' while it was paused"),
    ):
        waiting()
    assert recorded.flow_run().state.message == "enough"
