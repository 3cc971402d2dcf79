"""What pacc offers to the tests of others: a store for each, and time travel."""

from __future__ import annotations

import asyncio
import contextvars
import os
import subprocess
import sys
import threading
import time
import warnings
from datetime import timedelta

import pytest

from pacc import flow, task
from pacc.cache_policies import INPUTS
from pacc.client.orchestration import get_client
from pacc.exceptions import FlowRunTimeoutError, ObjectNotFound, TaskRunTimeoutError
from pacc.loops.housekeeper import housekeeper
from pacc.settings import get_current_settings
from pacc.testing.clock import MovableClock
from pacc.testing.utilities import (
    assert_does_not_warn,
    exceptions_equal,
    get_most_recent_flow_run,
    pacc_test_harness,
    prefect_test_harness,
)


@task
def double(number):
    return 2 * number


@flow
def doubled(number=1):
    return double(number)


# ------------------------------------------------------------------------------------------ the harness


def test_runs_inside_go_to_a_store_of_their_own_and_none_to_the_user_s(pacc_home):
    with pacc_test_harness() as recorded:
        assert doubled(4) == 8
        assert recorded.history(recorded.flow_run()) == ["Pending", "Running", "Completed"]
        assert recorded.task_run("double").state.is_completed()
        assert recorded.home != pacc_home
    assert not pacc_home.exists()


def test_each_block_begins_empty():
    for _ in range(2):
        with pacc_test_harness() as recorded:
            doubled()
            assert len(recorded.flow_runs()) == 1


def test_nothing_is_left_of_it():
    with pacc_test_harness() as recorded:
        doubled()
    open_files = len(os.listdir("/dev/fd"))
    threads = threading.active_count()
    for _ in range(3):
        with pacc_test_harness() as recorded:
            doubled()
        assert not recorded.home.exists()
    assert len(os.listdir("/dev/fd")) == open_files
    assert threading.active_count() == threads
    assert not any(thread.name == "pacc-housekeeper" for thread in threading.enumerate())


def test_what_fails_inside_comes_out_and_nothing_is_left_either():
    with pytest.raises(ZeroDivisionError), pacc_test_harness() as recorded:
        flow(lambda: 1 / 0)()
    assert not recorded.home.exists()
    assert get_current_settings().home != recorded.home


def test_blocks_nest():
    with pacc_test_harness() as outer:
        doubled()
        with pacc_test_harness() as inner:
            doubled()
            doubled()
            assert len(inner.flow_runs()) == 2
        doubled()
        assert len(outer.flow_runs()) == 2


def test_processes_and_threads_started_inside_use_the_same_store():
    with pacc_test_harness() as recorded:
        code = "from pacc import flow\nflow(lambda: 1, name='elsewhere')()"
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        thread = threading.Thread(target=doubled)
        thread.start()
        thread.join()
        assert len(recorded.flow_runs()) == 2
    assert "pacc-test-" not in os.environ["PACC_HOME"]


def test_a_variable_that_was_not_set_is_not_set_afterwards(monkeypatch):
    monkeypatch.delenv("PACC_HOME")
    with pacc_test_harness():
        pass
    assert "PACC_HOME" not in os.environ


def test_a_block_may_end_in_another_context_than_it_began_in():
    block = pacc_test_harness()
    recorded = contextvars.copy_context().run(block.__enter__)  # as an async fixture does
    doubled()
    assert len(recorded.flow_runs()) == 1
    contextvars.copy_context().run(block.__exit__, None, None, None)
    assert not recorded.home.exists()
    assert get_current_settings().home != recorded.home


def test_the_client_sees_what_ran():
    with prefect_test_harness(server_startup_timeout=10):
        doubled()
        with get_client(sync_client=True) as client:
            assert len(client.read_flow_runs()) == 1


def test_asking_for_the_one_run_says_when_there_is_none_or_more():
    with pacc_test_harness() as recorded:
        with pytest.raises(LookupError, match="there is no flow run"):
            recorded.flow_run()
        doubled()
        doubled()
        with pytest.raises(LookupError, match="not one task run but 2: 'double-"):
            recorded.task_run("double")


def test_a_nested_flow_is_not_the_flow_run_of_the_test():
    with pacc_test_harness() as recorded:
        flow(lambda: doubled(), name="outer")()
        assert len(recorded.flow_runs()) == 2
        assert recorded.flow_run().parent_flow_run_id is None


def test_it_costs_milliseconds():
    with pacc_test_harness() as recorded:
        _ = recorded.store
    taken = []
    for _ in range(10):
        begun = time.perf_counter()
        with pacc_test_harness() as recorded:
            _ = recorded.store
        taken.append(time.perf_counter() - begun)
    assert sorted(taken)[len(taken) // 2] < 0.25  # about 10 ms; machines that test are busy


def test_the_housekeeper_keeps_looking_after_the_store_around():
    with pacc_test_harness():
        doubled()
        with pacc_test_harness():
            pass
        assert housekeeper._thread is not None


# -------------------------------------------------------------------------------------------- the clock


def test_pauses_before_retries_take_no_time(colour):
    with pacc_test_harness() as recorded, MovableClock() as clock:
        calls = []

        def stubborn():
            calls.append(clock.now())
            if len(calls) < 3:
                raise ValueError("not yet")
            return len(calls)

        begun = time.monotonic()
        patient = colour.task(stubborn, name="stubborn", retries=2, retry_delay_seconds=[600, 3600])
        assert colour.call(colour.flow(lambda: patient(), name="waiting")) == 3
        assert time.monotonic() - begun < 10
        run = recorded.task_run("stubborn")
    assert calls[1] - calls[0] >= timedelta(seconds=600)
    assert calls[2] - calls[1] >= timedelta(seconds=3600)
    assert run.end_time - run.start_time >= timedelta(seconds=4200)


def test_states_carry_the_time_of_a_clock_that_stands_still():
    with pacc_test_harness() as recorded, MovableClock() as clock:
        clock.freeze()
        doubled()
        states = recorded.states(recorded.flow_run())
        assert {state.timestamp for state in states} == {clock.now()}


@pytest.mark.parametrize("kind", ["flow", "task"])
def test_a_run_that_the_clock_is_moved_past_has_timed_out(kind):
    with pacc_test_harness() as recorded, MovableClock() as clock:
        reached = []

        def slow():
            clock.advance(minutes=2)
            reached.append("the end")

        limit = {"timeout_seconds": 60}
        inner = task(slow, **limit) if kind == "task" else slow
        error = TaskRunTimeoutError if kind == "task" else FlowRunTimeoutError
        with pytest.raises(error, match=r"exceeded timeout of 60\.0 second"):
            flow(lambda: inner(), **({} if kind == "task" else limit))()
        assert reached == []
        run = recorded.task_run() if kind == "task" else recorded.flow_run()
        assert run.state_name == "TimedOut"


def test_a_coroutine_that_the_clock_is_moved_past_has_timed_out():
    with pacc_test_harness(), MovableClock() as clock:

        @task(timeout_seconds=60)
        async def slow():
            await clock.asleep(120)

        with pytest.raises(TaskRunTimeoutError):
            asyncio.run(slow())


def test_moving_the_clock_elsewhere_interrupts_a_run_in_a_thread():
    with pacc_test_harness(), MovableClock() as clock:
        started, errors = threading.Event(), []

        @task(timeout_seconds=3600)
        def spin():
            started.set()
            while True:
                time.sleep(0.001)

        def run():
            try:
                spin()
            except TaskRunTimeoutError as error:
                errors.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        assert started.wait(30)
        clock.advance(hours=2)
        thread.join(30)
        assert len(errors) == 1


def test_within_its_limit_a_run_is_left_alone():
    with pacc_test_harness(), MovableClock() as clock:
        assert task(lambda: clock.advance(50) or "done", timeout_seconds=60)() == "done"


def test_a_pause_before_a_retry_counts_towards_the_flow_s_limit():
    with pacc_test_harness() as recorded, MovableClock():
        failing = task(lambda: 1 / 0, name="failing", retries=1, retry_delay_seconds=600)
        with pytest.raises(FlowRunTimeoutError):
            flow(lambda: failing(), timeout_seconds=60)()
        assert recorded.flow_run().state_name == "TimedOut"
        assert recorded.task_run("failing").state_name == "Crashed"


def test_a_cached_result_expires_when_the_clock_is_past_it():
    with pacc_test_harness(), MovableClock() as clock:
        calls = []

        @task(cache_policy=INPUTS, cache_expiration=timedelta(hours=1), persist_result=True)
        def slow(number):
            calls.append(number)
            return number

        slow(1000)
        clock.advance(minutes=59)
        slow(1000)
        assert len(calls) == 1
        clock.advance(minutes=2)
        slow(1000)
        assert len(calls) == 2


def test_submitted_tasks_wait_together_and_take_no_time():
    with pacc_test_harness() as recorded, MovableClock():
        failed = set()

        @task(retries=1, retry_delay_seconds=3600)
        def flaky(number):
            if number not in failed:
                failed.add(number)
                raise ValueError("not yet")
            return number

        begun = time.monotonic()
        assert flow(lambda: flaky.map(range(5)).result(), name="mapped")() == [0, 1, 2, 3, 4]
        assert time.monotonic() - begun < 10
        assert {run.run_count for run in recorded.task_runs("flaky")} == {2}


def test_it_may_stand_in_the_place_of_the_system_s_sleep(colour, monkeypatch):
    async def long():
        await asyncio.sleep(7200)

    with pacc_test_harness(), MovableClock() as clock:
        monkeypatch.setattr("time.sleep", clock.sleep)
        monkeypatch.setattr("asyncio.sleep", clock.asleep)
        begun = time.monotonic()
        slow = long if colour.is_async else lambda: time.sleep(7200)
        state = colour.call(colour.flow(slow, name="slow", timeout_seconds=3600), return_state=True)
        assert time.monotonic() - begun < 10
    assert state.name == "TimedOut"


# ------------------------------------------------------------------------------------------- the plugin

SUITE = """
import pytest
from pacc import flow, task, get_run_logger

@task(retries=1, retry_delay_seconds=3600)
def flaky(calls):
    calls.append(1)
    if len(calls) == 1:
        raise ValueError("not yet")
    return len(calls)

@flow
def pipeline():
    get_run_logger().info("hello")
    return flaky([])

@pytest.mark.parametrize("time", range(3))
def test_each_has_a_store_of_its_own(pacc_store, pacc_clock, time):
    assert pipeline() == 2
    assert pacc_store.history(pacc_store.task_run("flaky"))[-1] == "Completed"
    assert len(pacc_store.flow_runs()) == 1

def test_the_home(pacc_harness, pacc_store):
    assert pacc_harness == pacc_store.home
"""

LAZY = """
import sys

def test_nothing_of_it_was_loaded():
    loaded = [name for name in sys.modules if name.startswith("pacc")]
    assert set(loaded) <= {"pacc", "pacc.testing", "pacc.testing.pytest_plugin"}, loaded
"""

SESSION = """
import pytest
from pacc import flow
from pacc.settings import get_current_settings
from pacc.testing.utilities import prefect_test_harness

@pytest.fixture(autouse=True, scope="session")
def harness():
    with prefect_test_harness() as recorded:
        yield recorded

@pytest.mark.parametrize("number", range(3))
def test_one_store_for_all(number, harness):
    flow(lambda: number, name="numbers")()
    assert get_current_settings().home == harness.home

def test_it_holds_all_of_them(harness):
    assert len(harness.flow_runs()) == 3
"""


def pytest_run(processes, folder, suite, *options):
    folder.mkdir()
    (folder / "test_it.py").write_text(suite)
    plugins = ["-p", "pacc.testing.pytest_plugin", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", *plugins, *options, str(folder)]
    env = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PACC_LOGGING_LEVEL": "ERROR"}
    return processes.finish(processes.start(*command, env=env, cwd=folder), timeout=60)


def test_the_plugin_s_fixtures_serve_a_suite(processes, tmp_path, pacc_home):
    ended = pytest_run(processes, tmp_path / "suite", SUITE)
    assert ended.code == 0, ended.output
    assert "4 passed" in ended.stdout
    assert not pacc_home.exists()


def test_a_suite_that_does_not_use_the_plugin_loads_nothing(processes, tmp_path):
    ended = pytest_run(processes, tmp_path / "suite", LAZY)
    assert ended.code == 0, ended.output


def test_one_harness_serves_a_whole_session(processes, tmp_path):
    ended = pytest_run(processes, tmp_path / "suite", SESSION)
    assert ended.code == 0, ended.output


# ------------------------------------------------------------------------------------------- small helpers


def test_the_newest_flow_run_is_found():
    with pacc_test_harness():
        with pytest.raises(ObjectNotFound, match="no flow run"):
            asyncio.run(get_most_recent_flow_run())
        doubled()
        flow(lambda: 1, name="other")()
        assert asyncio.run(get_most_recent_flow_run(flow_name="doubled")).name
        newest = asyncio.run(get_most_recent_flow_run())
        assert newest.id > asyncio.run(get_most_recent_flow_run(flow_name="doubled")).id


def test_errors_are_equal_when_they_say_the_same():
    assert exceptions_equal(ValueError(1), ValueError(1))
    assert not exceptions_equal(ValueError(1), ValueError(2))


def test_a_warning_is_noticed_unless_it_may_be_given():
    with pytest.raises(AssertionError, match="DeprecationWarning"), assert_does_not_warn():
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    with assert_does_not_warn([DeprecationWarning]):
        warnings.warn("old", DeprecationWarning, stacklevel=1)
