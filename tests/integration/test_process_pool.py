"""Tasks in worker processes: what travels there and back, and processes that are killed, overrun or die."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from pacc import flow, get_run_logger, tags, task
from pacc.context import FlowRunContext
from pacc.exceptions import CrashedRun, FailedRun, SerializationError
from pacc.runtime import flow_run as runtime_flow_run
from pacc.runtime import task_run as runtime_task_run
from pacc.settings import temporary_settings
from pacc.store.log_files import lines, log_path
from pacc.task_runners import ProcessPoolTaskRunner
from pacc.task_runners import processes as worker_processes


def in_processes(body, workers=1, **options):
    """What a flow of this body returns whose tasks run in worker processes."""
    return flow(task_runner=ProcessPoolTaskRunner(workers, **options))(body)()


def gone(pid):
    """Whether a process ends within seconds; one that nobody has collected yet has ended."""
    for _ in range(250):
        told = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        if told.stdout.strip()[:1] in ("", "Z"):
            return True
        time.sleep(0.02)
    return False


@task
def double(number):
    return 2 * number


@task
def identify(_=None):
    return os.getpid()


# ------------------------------------------------------------------------------------ there and back


def test_a_task_runs_in_another_process_and_its_result_comes_back(recorded):
    pid, result = in_processes(lambda: (identify.submit().result(), double.submit(21).result()))
    assert pid != os.getpid()
    assert result == 42
    for run in recorded.task_runs():
        assert recorded.history(run) == ["Pending", "Running", "Completed"]


def test_several_processes_work_at_once(tmp_path):
    @task
    def meet(folder, number):
        (folder / str(number)).touch()
        while len(list(folder.iterdir())) < 2:
            time.sleep(0.01)
        return os.getpid()

    assert len(set(in_processes(lambda: meet.map([tmp_path] * 2, [1, 2]).result(), workers=2))) == 2


def test_classes_of_the_script_itself_travel(run_python):
    ended = run_python(
        """
from dataclasses import dataclass
from pacc import flow, task
from pacc.task_runners import ProcessPoolTaskRunner

@dataclass
class Point:
    x: int

FACTOR = 3

@task
def stretched(point):
    return Point(point.x * FACTOR)

@flow(task_runner=ProcessPoolTaskRunner(max_workers=1))
def around():
    return stretched.submit(Point(2)).result()

answer = around()
print(answer, isinstance(answer, Point))
"""
    )
    assert ended.stdout == "Point(x=6) True\n"


def test_futures_generators_and_async_tasks_work_as_ever():
    @task
    async def later(number):
        await asyncio.sleep(0)
        return number + 1

    @task
    def count(limit):
        yield from range(limit)

    assert in_processes(lambda: (later.submit(double.submit(2)).result(), count.submit(3).result())) == (
        5,
        [0, 1, 2],
    )


def test_an_error_comes_back_with_where_it_was_raised(recorded):
    @task
    def fail():
        raise ValueError("no such city")

    def body():
        with pytest.raises(ValueError, match="no such city") as caught:
            fail.submit().result()
        return caught.value.__notes__

    assert 'raise ValueError("no such city")' in in_processes(body)[0]
    assert recorded.task_run().state_name == "Failed"


def test_a_task_is_tried_again_in_a_process(recorded, tmp_path):
    @task(retries=1)
    def second_time(mark):
        if not mark.exists():
            mark.touch()
            raise OSError("no answer")
        return "there"

    assert in_processes(lambda: second_time.submit(tmp_path / "mark").result()) == "there"
    assert recorded.task_run().run_count == 2


def test_what_a_task_logs_and_prints_is_in_its_flow_runs_log(recorded, pacc_home):
    @task(log_prints=True)
    def talk():
        get_run_logger().info("logged in %s", "there")
        print("printed there")

    in_processes(lambda: talk.submit().result())
    told = [json.loads(line) for _, line in lines(log_path(pacc_home, recorded.flow_run().id))]
    by_task = {line["message"] for line in told if line.get("task_run_id") == str(recorded.task_run().id)}
    assert {"logged in there", "printed there", "Finished in state Completed()"} <= by_task


def test_a_task_knows_its_runs_there(recorded):
    @task
    def look():
        return (
            runtime_flow_run.id,
            runtime_flow_run.flow_name,
            runtime_task_run.id,
            runtime_flow_run.parameters,
        )

    @flow(name="around", task_runner=ProcessPoolTaskRunner(1))
    def around(city):
        with tags("a"):
            return look.submit().result()

    told = around("Ulm")
    assert told == (str(recorded.flow_run().id), "around", str(recorded.task_run().id), {"city": "Ulm"})


def test_tasks_and_flows_within_a_task_are_recorded_from_there(recorded):
    @flow
    def inner():
        return double(4)

    @task
    def around():
        return double.submit(1).result(), inner()

    assert in_processes(lambda: around.submit().result()) == (2, 8)
    assert [run.state_name for run in recorded.flow_runs()] == ["Completed"] * 2
    assert {run.state_name for run in recorded.task_runs()} == {"Completed"}
    assert len(recorded.task_runs()) == 4
    top = recorded.flow_runs()[0]
    assert recorded.flow_runs()[1].parent_flow_run_id == top.id


def test_a_failure_nobody_looked_at_is_found_there_too():
    @task
    def fail():
        raise ValueError("no such city")

    @task
    def around():
        fail.submit()

    with pytest.raises(FailedRun, match="nothing looked at its result or state: 'fail-"):
        in_processes(lambda: around.submit().result())


def test_hooks_are_called_in_the_flows_process():
    told = []

    @task(on_completion=[lambda *_: told.append(os.getpid())])
    def quiet(): ...

    in_processes(lambda: quiet.submit().result())
    assert told == [os.getpid()]


def test_processes_are_prepared_and_used_again():
    def prepare(value):
        os.environ["PREPARED"] = value

    @task
    def prepared():
        return os.environ["PREPARED"], os.getpid()

    answers = in_processes(
        lambda: [prepared.submit().result() for _ in range(3)], initializer=prepare, initargs=("well",)
    )
    assert {value for value, _ in answers} == {"well"}
    assert len({pid for _, pid in answers}) == 1


# -------------------------------------------------------------------------------- what cannot travel


def test_an_argument_that_cannot_be_pickled_is_named(recorded):
    def body():
        with pytest.raises(
            SerializationError, match=r"the argument 'number' of task 'double' cannot be sent"
        ):
            double.submit(threading.Lock()).result()
        return double.submit(1).result()

    assert in_processes(body) == 2
    assert [run.state_name for run in recorded.task_runs()] == ["Failed", "Completed"]


def test_a_function_that_cannot_be_pickled_says_so():
    lock = threading.Lock()

    @task
    def locked():
        return lock.locked()

    with pytest.raises(SerializationError, match="the function of task 'locked' cannot be sent"):
        in_processes(lambda: locked.submit().result())


def test_a_result_that_cannot_be_pickled_says_so():
    @task
    def lock():
        return threading.Lock()

    with pytest.raises(
        SerializationError, match="the task ran, but the lock it returned cannot be sent back"
    ):
        in_processes(lambda: lock.submit().result())


def test_an_error_that_cannot_be_unpickled_is_told_in_words():
    class Difficult(Exception):
        def __init__(self, first, second):
            super().__init__(f"{first} and {second}")

    @task
    def fail():
        raise Difficult("this", "that")

    with pytest.raises(FailedRun, match="Difficult: this and that"):
        in_processes(lambda: fail.submit().result())


# ------------------------------------------------------------------------------ processes that end


@pytest.mark.parametrize(
    ("end", "message"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGKILL), r"was killed by SIGKILL; perhaps memory ran out\."),
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), r"was killed by SIGSEGV\."),
        (lambda: os._exit(7), r"ended with exit code 7\."),
    ],
)
def test_a_process_that_dies_takes_only_its_own_task_along(recorded, end, message):
    @task(retries=1)
    def die():
        end()

    def body():
        futures = [double.submit(1), die.submit(), double.submit(2)]
        with pytest.raises(CrashedRun, match=message):
            futures[1].result()
        return futures[0].result(), futures[2].result()

    assert in_processes(body, workers=2) == (2, 4)
    crashed = recorded.task_run("die")
    assert recorded.history(crashed) == ["Pending", "Running", "Crashed"]


def test_workers_killed_at_random_cost_their_own_tasks_and_no_others(recorded):
    @task
    def work(number):
        time.sleep(0.02)
        return number

    def kill_some(runner, over):
        while not over.wait(0.4):
            for worker in list(runner._at_work)[:1]:
                os.kill(worker._process.pid, signal.SIGKILL)

    def body():
        over = threading.Event()
        futures = work.map(range(60))
        killer = threading.Thread(target=kill_some, args=(FlowRunContext.get().task_runner, over))
        killer.start()
        futures.wait()
        over.set()
        killer.join()
        return [(future.state.name, future.result(raise_on_failure=False)) for future in futures]

    ends = in_processes(body, workers=2)
    assert {name for name, _ in ends} <= {"Completed", "Crashed"}
    assert all(result == number for number, (name, result) in enumerate(ends) if name == "Completed")
    assert [run.state_name for run in recorded.task_runs()] == [name for name, _ in ends]


def test_leaving_by_exit_is_a_crash_and_the_process_lives_on(recorded):
    @task
    def leave():
        sys.exit(3)

    def body():
        first = identify.submit().result()
        future = leave.submit()
        future.wait()
        assert future.state.name == "Crashed"
        return first == identify.submit().result()

    assert in_processes(body)
    assert "system exit" in recorded.states(recorded.task_runs("leave")[0])[-1].message


def test_a_task_that_takes_too_long_ends_by_itself_where_it_can(recorded):
    @task(timeout_seconds=0.2)
    def slow():
        time.sleep(30)

    def body():
        first = identify.submit().result()
        assert slow.submit(return_state=True).name == "TimedOut"
        return first == identify.submit().result()

    assert in_processes(body)


def test_a_task_that_does_not_end_is_killed_with_all_it_started(recorded, tmp_path):
    @task(timeout_seconds=0.3)
    def stubborn(place):
        import subprocess

        child = subprocess.Popen(["sleep", "60"])
        place.write_text(str(child.pid))
        while True:
            try:
                time.sleep(30)
            except BaseException:  # noqa: BLE001 - as stubborn as can be
                continue

    def body():
        state = stubborn.submit(tmp_path / "pid", return_state=True)
        return state.name, state.message, double.submit(4).result()

    assert in_processes(body) == ("TimedOut", "Task run exceeded timeout of 0.3 second(s)", 8)
    assert gone(int((tmp_path / "pid").read_text()))


def test_a_killed_task_is_tried_again(recorded, tmp_path):
    @task(timeout_seconds=0.3, retries=1)
    def stubborn(mark):
        if mark.exists():
            return "there"
        mark.touch()
        while True:
            try:
                time.sleep(30)
            except BaseException:  # noqa: BLE001 - as stubborn as can be
                continue

    assert in_processes(lambda: stubborn.submit(tmp_path / "mark").result()) == "there"
    assert recorded.task_run().run_count == 2


def test_a_process_that_does_not_even_start_says_so(monkeypatch):
    monkeypatch.setattr(worker_processes, "_START", "raise SystemExit(9)")
    with pytest.raises(CrashedRun, match="ended with exit code 9"):
        in_processes(lambda: double.submit(1).result())


def test_no_process_outlives_its_flow():
    pid = in_processes(lambda: identify.submit().result())
    assert gone(pid)


def test_cancelling_everything_ends_the_processes(recorded, tmp_path):
    @task
    def slow(place):
        place.touch()
        time.sleep(60)

    def body():
        running, queued = slow.submit(tmp_path / "started"), double.submit(1)
        while not (tmp_path / "started").exists():
            time.sleep(0.01)
        FlowRunContext.get().task_runner.cancel_all()
        running.wait()
        return running.state.message, queued.state.name

    message, name = in_processes(body)
    assert "was ended: the task runner was told to cancel everything" in message
    assert name == "Cancelled"


INTERRUPTED = """
import os, sys, time
from pacc import flow, task
from pacc.task_runners import ProcessPoolTaskRunner

@task
def held():
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(60)

@flow(task_runner=ProcessPoolTaskRunner(max_workers=1))
def around():
    held.submit()
    held.submit()
    time.sleep(60)

around()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_flow_ends_its_processes(processes, recorded, number):
    process = processes.start(sys.executable, processes.script(INTERRUPTED))
    worker = int(process.stdout.readline())
    process.send_signal(number)
    processes.finish(process, timeout=20)
    assert gone(worker)
    assert recorded.flow_run().state_name == "Crashed"
    assert [run.state_name for run in recorded.task_runs()] == ["Crashed", "Crashed"]


def test_a_killed_flow_leaves_no_process_behind(processes):
    process = processes.start(sys.executable, processes.script(INTERRUPTED))
    worker = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    processes.finish(process)
    assert gone(worker)


def test_the_number_of_processes_can_be_a_setting():
    with temporary_settings({"PACC_TASKS_RUNNER_PROCESS_POOL_MAX_WORKERS": 3}):
        assert repr(ProcessPoolTaskRunner()) == "ProcessPoolTaskRunner(max_workers=3)"
    assert repr(ProcessPoolTaskRunner()) == f"ProcessPoolTaskRunner(max_workers={os.cpu_count()})"
