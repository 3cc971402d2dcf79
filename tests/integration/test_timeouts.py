"""A run that takes too long is interrupted, in every colour and thread, and says so."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
import time
from collections import Counter
from contextvars import ContextVar

import pytest

from pacc import flow, task
from pacc._internal.steps import Call
from pacc.engine.features.timeouts import limited
from pacc.exceptions import FlowRunTimeoutError, TaskRunTimeoutError
from pacc.states import Completed

SHORT = 0.05


async def pause(seconds):
    await asyncio.sleep(seconds)


@pytest.fixture
def too_long(colour):
    """A function that takes five seconds, unless it is interrupted."""
    return pause if colour.is_async else time.sleep


def test_a_flow_that_takes_too_long_is_timed_out(colour, too_long, recorded):
    slow = colour.flow(lambda: too_long(5), timeout_seconds=SHORT)
    with pytest.raises(FlowRunTimeoutError, match=r"exceeded timeout of 0\.05 second\(s\)"):
        colour.call(slow)
    run = recorded.flow_run()
    assert (run.state_name, run.state_type) == ("TimedOut", "FAILED")
    assert run.state.message == "Flow run exceeded timeout of 0.05 second(s)"
    assert run.end_time - run.start_time < run.end_time.resolution * 4_000_000


def test_a_task_that_takes_too_long_is_timed_out(colour, too_long, recorded):
    with pytest.raises(TaskRunTimeoutError) as raised:
        colour.call(colour.task(lambda: too_long(5), timeout_seconds=SHORT))
    assert isinstance(raised.value, TimeoutError)
    assert recorded.task_run().state.message == "Task run exceeded timeout of 0.05 second(s)"
    assert recorded.task_run().state_name == "TimedOut"


def test_a_whole_number_of_seconds_is_shown_with_its_decimal(colour):
    assert task(timeout_seconds=1)(len).timeout_seconds == 1.0
    assert str(flow(timeout_seconds=60)(len).timeout_seconds) == "60.0"


@pytest.mark.parametrize("seconds", [0, None])
def test_zero_and_none_mean_no_timeout(colour, seconds):
    assert colour.flow(lambda: 1, timeout_seconds=seconds).timeout_seconds is None
    assert colour.call(colour.flow(lambda: 1, timeout_seconds=seconds)) == 1


def test_a_run_that_is_in_time_is_left_alone(colour, recorded):
    assert colour.call(colour.flow(lambda: "well", timeout_seconds=5)) == "well"
    assert recorded.flow_run().state_name == "Completed"


@pytest.mark.parametrize("kind", ["flow", "task"])
def test_a_timeout_error_of_the_users_own_is_a_timeout_too(colour, recorded, kind):
    def raise_own():
        raise TimeoutError("no answer")

    state = colour.call(getattr(colour, kind)(raise_own), return_state=True)
    assert state.name == "TimedOut"
    assert state.message == f"{kind.title()} run failed due to timeout: TimeoutError('no answer')"


def test_the_timeout_of_a_task_is_not_the_timeout_of_its_flow(colour, too_long, recorded):
    slow = colour.task(lambda: too_long(5), timeout_seconds=SHORT)
    state = colour.call(colour.flow(lambda: slow(), timeout_seconds=30), return_state=True)
    assert state.message.startswith("Flow run failed due to timeout: TaskRunTimeoutError(")
    assert recorded.task_run().state.message.startswith("Task run exceeded timeout")


def test_the_timeout_of_a_nested_flow_is_not_its_parents(colour, too_long, recorded):
    inner = colour.flow(lambda: too_long(5), name="inner", timeout_seconds=SHORT)
    state = colour.call(colour.flow(lambda: inner(), name="outer"), return_state=True)
    assert state.message.startswith("Flow run failed due to timeout: FlowRunTimeoutError(")


def test_a_flows_timeout_interrupts_the_task_it_waits_for(colour, too_long, recorded):
    slow = colour.task(lambda: too_long(5), timeout_seconds=30)
    state = colour.call(colour.flow(lambda: slow(), timeout_seconds=SHORT), return_state=True)
    assert state.message == "Flow run exceeded timeout of 0.05 second(s)"
    assert recorded.task_run().state_name == "Crashed"


def test_a_nested_timeout_leaves_the_outer_one_in_force(recorded):
    @task(timeout_seconds=SHORT)
    def slow():
        time.sleep(5)

    @flow(timeout_seconds=0.3)
    def pipeline():
        slow(return_state=True)
        time.sleep(30)

    started = time.monotonic()
    assert pipeline(return_state=True).message == "Flow run exceeded timeout of 0.3 second(s)"
    assert time.monotonic() - started < 20


def test_except_exception_does_not_swallow_a_timeout():
    @flow(timeout_seconds=SHORT)
    def stubborn():
        while True:
            with contextlib.suppress(Exception):
                time.sleep(5)

    assert stubborn(return_state=True).name == "TimedOut"


def test_a_timeout_reaches_a_run_in_another_thread(recorded):
    @flow(timeout_seconds=SHORT)
    def busy():
        while True:
            time.sleep(0.01)

    states = []
    thread = threading.Thread(target=lambda: states.append(busy(return_state=True)))
    thread.start()
    thread.join(10)
    assert [state.name for state in states] == ["TimedOut"]


def test_a_debugger_works_after_a_timeout_in_another_thread(run_python):
    traced = run_python("""
import sys, threading, time
from pacc import flow

@flow(timeout_seconds=0.05)
def busy():
    while True:
        time.sleep(0.01)

thread = threading.Thread(target=lambda: busy(return_state=True))
thread.start()
thread.join()
calls = []
sys.settrace(lambda frame, event, argument: calls.append(frame.f_code.co_name))
(lambda: None)()
sys.settrace(None)
print(calls)
""")
    assert traced.stdout == "['<lambda>']\n"


def test_a_timeout_that_comes_as_its_run_ends_strikes_nobody_else():
    counts = Counter()

    def just_so_long():
        end = time.perf_counter() + 0.001
        while time.perf_counter() < end:
            pass

    def call():
        for _ in range(200):
            outcome = limited(Call(just_so_long, (), {}, ContextVar("none"), None), 0.001, "Task").run()
            counts[type(outcome.error).__name__] += 1

    thread = threading.Thread(target=call)
    thread.start()
    thread.join(30)
    assert counts.total() == 200
    assert set(counts) <= {"NoneType", "TaskRunTimeoutError"}


def test_a_timeout_is_a_failure_that_can_be_retried(colour, too_long, recorded):
    calls = []

    def slow_at_first():
        calls.append(1)
        return too_long(5) if len(calls) == 1 else "well"

    assert colour.call(colour.task(slow_at_first, timeout_seconds=SHORT, retries=1)) == "well"
    assert recorded.history(recorded.task_run()) == ["Pending", "Running", "Retrying", "Completed"]


def test_the_alarm_of_the_program_is_back_afterwards():
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        flow(timeout_seconds=5)(lambda: None)()
        time.sleep(0.5)
        assert rung == [1]
    finally:
        signal.signal(signal.SIGALRM, before)


def test_many_short_timeouts_never_ring_late(recorded):
    @task(timeout_seconds=0.001)
    def brief(rounds):
        for _ in range(rounds):
            pass
        return Completed(name="InTime")

    @flow
    def pipeline():
        states = [brief(rounds, return_state=True) for rounds in range(0, 40_000, 200)]
        return {state.name for state in states}

    assert pipeline() <= {"InTime", "TimedOut"}
    time.sleep(0.05)
