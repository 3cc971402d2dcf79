"""Runs are forked from a process that has loaded their code, unless that would not be safe or the code has changed."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from pacc.runner.runner import Runner
from pacc.runner.stopping import Stop
from pacc.schemas.deployments import DeploymentCreate
from pacc.services import cancelling, deployments, flow_runs, run_transitions

CODE = """
import os, subprocess, time
from pacc import flow, task
import helper
{more}
LOADED = os.getpid()

@task
def work():
    pass

@flow
def told(then: str = ""):
    print("loaded", LOADED == os.getpid(), LOADED, helper.WORD, flush=True)
    if then == "daemon":
        daemon = subprocess.Popen(["sleep", "100"], env={{}}, start_new_session=True)
        print("pids", daemon.pid, os.getpid(), flush=True)
        time.sleep(60)
    if then == "wait":
        time.sleep(1)
    if then == "task":
        work()
    if then in ("open", "task"):
        links = [f"/proc/self/fd/{{name}}" for name in os.listdir("/proc/self/fd")]
        print("open", any(os.readlink(link).endswith("/pacc.db") for link in links if os.path.lexists(link)), flush=True)
"""


class Program:
    """A file with a flow, and a runner in this process that serves it."""

    def __init__(self, runs, folder, **options):
        self.runs = runs
        self.folder = folder
        self.write()
        (folder / "helper.py").write_text("WORD = 'first'")
        wanted = DeploymentCreate(
            name="d", flow_name="told", entrypoint="code.py:told", path=str(folder), **options
        )
        self.deployment = deployments.upsert(runs.recorded.store, wanted)
        self.runner = Runner(limit=None, pause_on_shutdown=False)
        self.runner.add(self.deployment.id)

    def write(self, more=""):
        (self.folder / "code.py").write_text(CODE.format(more=more))

    def run(self, **parameters):
        return str(
            deployments.create_run(self.runs.recorded.store, self.deployment.id, parameters=parameters).id
        )

    def turn_until(self, condition):
        """Let the runner work until something is the case."""

        def asked():
            self.runner._turn()
            return condition()

        return self.runs.eventually(asked)

    def said(self, run):
        return self.turn_until(
            lambda: [line.split()[1:] for line in self.runs.lines(run) if line.startswith("loaded ")]
        )[0]


@pytest.fixture
def program(runs, tmp_path):
    made = Program(runs, tmp_path)
    with made.runner._at_work():
        made.runner._begin(run_once=False)
        yield made


def test_runs_are_forked_from_one_process_that_has_loaded_their_code(program):
    first, second = program.said(program.run()), program.said(program.run())
    assert first == second
    assert first[0] == "False"
    assert int(first[1]) != os.getpid()


def test_edited_code_counts_from_the_next_run_on(program):
    before = program.said(program.run())
    (program.folder / "helper.py").write_text("WORD = 'second'")
    after = program.said(program.run())
    assert (before[2], after[2]) == ("first", "second")
    assert after[0] == "False"
    program.write("raise RuntimeError('edited badly')")
    run = program.run()
    program.turn_until(lambda: program.runs.run(run).state_name == "Crashed")
    assert "edited badly" in program.runs.run(run).state.message
    program.write()
    assert program.said(program.run())[2] == "second"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (
            "import threading; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
            "started threads",
        ),
        ("import socket; LISTENING = socket.socket()", "opened socket:"),
    ],
)
def test_code_that_is_unsafe_to_fork_begins_in_fresh_interpreters(
    runs, tmp_path, caplog, monkeypatch, more, why
):
    monkeypatch.setenv("PACC_TESTING_TEST_MODE", "true")
    made = Program(runs, tmp_path)
    made.write(more)
    with caplog.at_level("INFO", "pacc.runner"), made.runner._at_work():
        made.runner._begin(run_once=False)
        assert made.said(made.run())[0] == "True"
    assert why in caplog.text


def test_no_process_is_kept_warm_where_that_is_not_wished(runs, tmp_path, monkeypatch):
    made = Program(runs, tmp_path)
    made.runner = Runner(limit=None, pause_on_shutdown=False, warm=False)
    made.runner.add(made.deployment.id)
    with made.runner._at_work():
        made.runner._begin(run_once=False)
        assert made.said(made.run())[0] == "True"


def test_runs_outlive_their_warm_parent_and_another_takes_its_place(program):
    run = program.run(then="wait")
    parent = int(program.said(run)[1])
    os.kill(parent, signal.SIGKILL)
    again = program.said(program.run())
    assert again[0] == "False"
    assert int(again[1]) != parent
    program.turn_until(lambda: program.runs.run(run).state_name == "Completed")
    program.turn_until(lambda: not len(program.runner._crew))


def test_what_a_killed_supervisor_leaves_is_ended_by_the_warm_parent(program):
    run = program.run(then="daemon")
    pids = program.turn_until(
        lambda: [line.split()[1:] for line in program.runs.lines(run) if line.startswith("pids ")]
    )[0]
    os.kill(int(program.runs.run(run).infrastructure_pid), signal.SIGKILL)
    program.turn_until(lambda: program.runs.run(run).state_name == "Crashed")
    program.turn_until(lambda: not any(program.runs.is_there(int(pid)) for pid in pids))


def test_the_environment_of_a_deployment_is_there_when_its_code_is_loaded(runs, tmp_path):
    made = Program(runs, tmp_path, job_variables={"env": {"CITY": "Kyiv"}})
    made.write("import helper; helper.WORD = os.environ['CITY']")
    with made.runner._at_work():
        made.runner._begin(run_once=False)
        assert made.said(made.run())[2] == "Kyiv"


DIES_ONCE = """
def die_once():
    if os.getppid() != LOADED and os.path.exists("die"):  # the flow's process, before it has done anything
        os.unlink("die")
        os.kill(os.getpid(), 9)

LOADED = os.getpid()
os.register_at_fork(after_in_child=die_once)
"""


def test_a_run_whose_process_ended_before_it_took_it_up_waits_again_and_is_executed(program):
    program.write(DIES_ONCE)
    (program.folder / "die").touch()
    run = program.run()
    program.said(run)
    assert not (program.folder / "die").exists()
    program.turn_until(lambda: program.runs.run(run).state_name == "Completed")
    past = flow_runs.states(program.runs.recorded.store, run)
    assert [state.name for state in past] == [
        "Scheduled",
        "Pending",
        "Scheduled",
        "Pending",
        "Running",
        "Completed",
    ]


def test_a_run_that_waits_for_its_code_to_be_loaded_ends_when_it_is_told_to(program):
    program.write("time.sleep(0.5)")
    run = program.run(then="wait")
    program.turn_until(lambda: len(program.runner._crew))
    program.runner._signals.ask(Stop.TERMINATE)
    program.turn_until(program.runner._is_done)
    assert program.runs.run(run).state_name in ("Scheduled", "Crashed")


DIES_AS_IT_NAMES_ITS_RUN = """
import os, signal
from pacc import flow

def name():
    if os.path.exists("die"):
        os.unlink("die")
        os.kill(os.getpid(), signal.SIGKILL)
    return "named"

@flow(flow_run_name=name)
def told(then: str = ""):
    return then
"""


def test_a_run_whose_process_was_killed_before_it_was_running_waits_again_and_is_executed(program):
    (program.folder / "code.py").write_text(DIES_AS_IT_NAMES_ITS_RUN)
    (program.folder / "die").touch()
    run = program.run()
    program.turn_until(lambda: program.runs.run(run).state_name == "Completed")
    assert not (program.folder / "die").exists()
    past = flow_runs.states(program.runs.recorded.store, run)
    assert [state.name for state in past][2:] == ["Scheduled", "Pending", "Running", "Completed"]
    assert program.runs.run(run).name == "named"


def test_a_supervisor_goes_from_run_to_run_and_its_death_ends_only_the_one_it_is_at(program):
    def supervisor_of(run):
        return program.runs.run(run).infrastructure_pid

    runs = []
    while len({supervisor_of(run) for run in runs}) == len(runs) < 50:
        runs.append(program.run())
        program.turn_until(lambda: program.runs.run(runs[-1]).state_name == "Completed")
    assert len(runs) < 50
    assert 0 < program.runs.run(runs[-1]).usage["cpu_seconds"] < 5
    last = program.run(then="wait")
    program.said(last)
    os.kill(int(supervisor_of(last)), signal.SIGKILL)
    program.turn_until(lambda: program.runs.run(last).state_name == "Crashed")
    assert {program.runs.run(run).state_name for run in runs} == {"Completed"}


def test_a_request_that_did_not_reach_the_supervisor_is_brought_to_it_by_the_runner(program, monkeypatch):
    monkeypatch.setattr(run_transitions, "tell_to_look", lambda process: False)
    run = program.run(then="daemon")
    program.said(run)
    cancelling.cancel(program.runs.recorded.store, run)
    program.turn_until(lambda: program.runs.run(run).state_name == "Cancelled")


@pytest.mark.skipif(sys.platform != "linux", reason="no /proc")
@pytest.mark.parametrize(("then", "opened"), [("open", "False"), ("task", "True")])
def test_the_process_of_a_run_leaves_the_store_to_its_runner_unless_it_wants_more_of_it(
    program, then, opened
):
    program.said(program.run())  # its code is loaded from now on
    run = program.run(then=then)
    program.turn_until(lambda: program.runs.run(run).state_name == "Completed")
    assert f"open {opened}" in program.runs.lines(run)
    assert program.runs.run(run).usage["exit_code"] == 0
    assert program.runs.run(run).infrastructure_pid


def test_the_row_of_a_run_that_is_too_long_to_be_passed_on_is_read_by_its_process(program):
    program.said(program.run())
    run = program.run(then="é" * 40_000)
    assert program.said(run)[0] == "False"
    program.turn_until(lambda: program.runs.run(run).state_name == "Completed")
    assert program.runs.run(run).parameters == {"then": "é" * 40_000}
