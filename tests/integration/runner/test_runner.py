"""A runner executes what is due, no more at once than it may, and stops as it is told to."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from pacc.runner.beginnings import Beginnings
from pacc.runner.runner import Runner
from pacc.runner.stopping import Stop
from pacc.schemas.deployments import DeploymentCreate
from pacc.services import deployments, run_transitions
from pacc.services.reaping import reap
from pacc.states import Cancelling

PROGRAMS = Path(__file__).parent / "programs"


class Served:
    """A deployment of one of the flows, and programs that serve it."""

    def __init__(self, runs, processes, flow, **options):
        self.runs = runs
        self.processes = processes
        self.store = runs.recorded.store
        wanted = DeploymentCreate(
            name="d", flow_name=flow, entrypoint=f"flows.py:{flow}", path=str(PROGRAMS), **options
        )
        self.id = deployments.upsert(self.store, wanted).id

    def run(self, **parameters):
        """Make a run that is due and return its id."""
        return str(deployments.create_run(self.store, self.id, parameters=parameters).id)

    def serve(self, limit=0, env=None):
        """Start a program that serves it."""
        process = self.processes.start(
            sys.executable, PROGRAMS / "runner.py", str(limit), str(self.id), env=env
        )
        assert process.stdout.readline() == "serving\n"
        return process

    def finish(self, process):
        return self.processes.finish(process)

    def is_paused(self):
        return deployments.read(self.store, self.id).paused


@pytest.fixture
def served(runs, processes):
    return lambda flow, **options: Served(runs, processes, flow, **options)


def once(served_one, **options):
    """Execute what is due in this process, and wait for it."""
    runner = Runner(**options)
    runner.add(served_one.id)
    runner.run(run_once=True)


def test_what_is_due_is_executed(runs, served):
    fine = served("fine")
    made = [fine.run(number=number) for number in range(3)]
    once(fine, limit=2)
    assert sorted(runs.run(each).state_name for each in made) == ["Completed", "Completed", "Scheduled"]
    [run] = [runs.run(each) for each in made if runs.run(each).state_name == "Completed"][:1]
    assert runs.recorded.history(run) == ["Scheduled", "Pending", "Running", "Completed"]
    assert not fine.is_paused()


def test_a_run_whose_code_is_gone_crashes_and_the_runner_goes_on(runs, served):
    lost, fine = served("lost"), served("fine")
    gone, well = lost.run(), fine.run()
    runner = Runner(limit=None)
    runner.add(lost.id)
    runner.add(fine.id)
    runner.run(run_once=True)
    assert runs.run(well).state_name == "Completed"
    assert runs.run(gone).state_name == "Crashed"
    assert "could not be loaded" in runs.run(gone).state.message


def test_of_many_runs_a_few_begin_at_a_time_and_those_that_take_long_hold_up_none(served):
    many = served("waiting_for_a_name")
    ids = [many.run() for _ in range(5)]
    runner = Runner(limit=None, pause_on_shutdown=False)
    runner.add(many.id)
    with runner._at_work():
        runner._begin(run_once=False)
        runner._beginnings = Beginnings(most=2)
        runner._turn()
        assert (len(runner._crew), len(runner._claimed)) == (2, 3)
        many.runs.eventually(lambda: runner._turn() and len(runner._crew) == 4)
        runner.stop()
        runner._turn()
        states = [many.runs.run(each).state_name for each in ids]
        assert states == [*["Pending"] * 4, "Scheduled"]
        runner._signals.ask(Stop.TERMINATE)
        many.runs.eventually(lambda: runner._turn() and runner._is_done())
    assert {many.runs.run(each).state_name for each in ids} <= {"Scheduled", "Crashed"}
    assert many.runs.run(ids[-1]).state_name == "Scheduled"


def test_what_is_due_once_is_executed_however_few_may_begin_at_a_time(served, monkeypatch):
    monkeypatch.setattr("pacc.runner.runner.Beginnings", partial(Beginnings, most=1))
    few = served("fine")
    ids = [few.run() for _ in range(3)]
    once(few)
    assert {few.runs.run(each).state_name for each in ids} == {"Completed"}


def test_a_runner_with_nothing_under_way_lets_schedules_rest_as_it_stops(served):
    fine = served("fine")
    runner = Runner()
    runner.add(fine.id)
    timer = threading.Timer(0.2, runner.stop)
    timer.start()
    runner.run()
    timer.join()
    assert fine.is_paused()


def test_an_interrupted_runner_waits_for_its_runs_and_asks_them_to_end_the_second_time(runs, served):
    ending = served("ending")
    process = ending.serve()
    run = ending.run(how="wait")
    runs.said(run, "waiting")
    process.send_signal(signal.SIGINT)
    runs.eventually(ending.is_paused)
    late = ending.run(how="wait")
    time.sleep(0.1)
    assert runs.run(run).state_name == "Running"
    process.send_signal(signal.SIGINT)
    finished = ending.finish(process)
    assert finished.code == 0
    assert "stopped" in finished.stdout
    assert "No more runs are taken; waiting for 1 to end" in finished.stderr
    assert "Asking 1 to end; what has not ended in 30 s is killed. Ctrl-C kills it now" in finished.stderr
    assert runs.run(run).state.message == "Execution was aborted by a termination signal."
    assert runs.run(late).state_name == "Scheduled"


def test_a_third_interruption_kills(runs, served):
    surrounded = served("surrounded")
    process = surrounded.serve(env={"PACC_RUNNER_GRACE_SECONDS": "60"})
    run = surrounded.run()
    pids = [int(pid) for pid in runs.said(run, "started").split()]
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
    runs.until(run, "Crashed")
    process.send_signal(signal.SIGINT)
    assert surrounded.finish(process).code == 0
    assert not any(map(runs.is_there, pids))


def test_a_termination_signal_lets_runs_be_executed_again_where_the_settings_say_so(runs, served):
    once_more = served("once_more")
    process = once_more.serve(env={"PACC_RUNNER_ON_SIGTERM": "reschedule"})
    run = once_more.run()
    runs.said(run, "waiting")
    process.send_signal(signal.SIGTERM)
    assert once_more.finish(process).code == 0
    assert runs.run(run).state_name == "AwaitingRetry"
    once(once_more)
    assert runs.recorded.history(runs.run(run)) == [
        "Scheduled", "Pending", "Running", "AwaitingRetry", "Pending", "Running", "Completed",
    ]  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_runs_outlive_a_runner_that_is_killed_or_stopped(runs, served, number):
    lasting = served("lasting")
    process = lasting.serve()
    for _ in range(2):  # the process of the second one finds its code loaded, and is told of its run
        run = lasting.run()
        runs.until(run, "Running")
    os.kill(process.pid, number)
    runs.until(run, "Completed")
    assert not reap(lasting.store)
    assert runs.recorded.history(runs.run(run)) == ["Scheduled", "Pending", "Running", "Completed"]
    if number == signal.SIGSTOP:
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGTERM)
        assert lasting.finish(process).code == 0


def test_a_run_whose_supervisor_is_killed_crashes_at_once(runs, served):
    ending = served("ending")
    process = ending.serve()
    run = ending.run(how="wait")
    pid = int(runs.said(run, "waiting"))
    os.kill(int(runs.run(run).infrastructure_pid), signal.SIGKILL)
    runs.until(run, "Crashed", within=5.0)
    assert not runs.is_there(pid)
    runs.said(run, "hook saw Crashed")
    assert [line.split(" ", 2)[:2] for line in runs.lines(run) if line.startswith("Crashed")] == [
        ["Crashed:", "Process"]
    ]
    run_transitions.propose_flow_run_state(ending.store, ending.run(how="wait"), Cancelling())
    process.send_signal(signal.SIGTERM)
    assert ending.finish(process).code == 0
