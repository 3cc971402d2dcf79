"""Cancelling ends a run with all its processes, and its state says what happened."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import suppress

import pytest

from pacc._internal import sessions
from pacc._internal.jsontext import dumps
from pacc.cli.root import main
from pacc.exceptions import IllegalTransition
from pacc.schemas.deployments import DeploymentCreate
from pacc.services import (
    cancelling,
    claims,
    deployments,
    events,
    flow_runs,
    killing,
    run_transitions,
    task_runs,
)
from pacc.services.processes_of_runs import Role, kill, tell_to_look, with_role
from pacc.services.run_transitions import create_flow_run
from pacc.states import Cancelling, Running, Scheduled

SCRIPT = """
import time
from pacc import flow, task

@task
def wait():
    print("waiting", flush=True)
    time.sleep(60)

def told(flow, run, state):
    print("hook saw", state.name, flush=True)

@flow(on_cancellation=[told], on_crashed=[told])
def pipeline():
    wait()

pipeline()
"""

STUBBORN = """
import signal, subprocess, sys
from pacc import flow

@flow
def pipeline():
    child = subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.signal(15, signal.SIG_IGN); print(end='.', flush=True); signal.pause()"],
        start_new_session=True, stdout=subprocess.PIPE,
    )
    child.stdout.read(1)
    print(child.pid, flush=True)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.pause()

pipeline()
"""


def cancel(runs, run_id):
    return cancelling.cancel(runs.recorded.store, run_id)


def test_a_cancelled_run_is_told_to_end_at_once_and_its_hooks_are_called(runs, begun):
    run_id, supervisor, [flow] = begun(how="wait", look=600)
    cancel(runs, run_id)
    run = runs.until(run_id, "Cancelled")
    assert not runs.is_there(flow)
    assert run.state.message == "The run was cancelled; all its processes have ended."
    runs.eventually(lambda: not runs.is_there(supervisor))
    assert [line for line in runs.lines(run_id) if line.startswith("hook")] == ["hook saw Cancelled"]
    assert {each.state_name for each in task_runs.select(runs.recorded.store)} <= {"Cancelled", "Crashed"}
    (told,) = [
        each for each in events.select(runs.recorded.store) if each.event == "pacc.runner.cancelled-flow-run"
    ]
    assert told.related[0].id == f"pacc.flow-run.{run_id}"


def test_a_request_to_cancel_is_found_without_a_word_as_well(runs, begun, monkeypatch):
    run_id, _, [flow] = begun(how="wait", look=0.1)
    monkeypatch.setattr(run_transitions, "tell_to_look", lambda process: False)
    cancel(runs, run_id)
    runs.until(run_id, "Cancelled")
    assert not runs.is_there(flow)


def test_cancelling_ends_nine_kinds_of_processes_within_the_grace(runs, begun):
    run_id, _, pids = begun("surrounded", said="started", env={"PACC_RUNNER_GRACE_SECONDS": "0.5"})
    assert len(pids) == 9
    assert all(map(runs.is_there, pids))
    began = time.monotonic()
    cancel(runs, run_id)
    runs.until(run_id, "Cancelled")
    assert not any(map(runs.is_there, pids))
    assert 0.5 <= time.monotonic() - began < 20


def test_killing_ends_nine_kinds_of_processes_without_a_grace(runs, begun):
    run_id, _, pids = begun("surrounded", said="started", env={"PACC_RUNNER_GRACE_SECONDS": "3600"})
    assert killing.kill(runs.recorded.store, run_id).name == "Killing"
    run = runs.until(run_id, "Cancelled")
    assert not any(map(runs.is_there, pids))
    assert run.state.message == "The run was killed; all its processes are gone."


def test_a_run_that_is_being_cancelled_and_takes_its_time_is_killed_and_not_given_time_again(runs, begun):
    store = runs.recorded.store
    run_id, _, pids = begun("surrounded", said="started", env={"PACC_RUNNER_GRACE_SECONDS": "3600"})
    cancel(runs, run_id)
    killing.kill(store, run_id)
    with suppress(IllegalTransition):  # it may be gone by now
        killing.kill(store, run_id)  # as somebody does who thinks it takes long
    with pytest.raises(IllegalTransition, match="cannot be cancelled"):
        cancel(runs, run_id)
    runs.until(run_id, "Cancelled")
    assert not any(map(runs.is_there, pids))
    assert [each.name for each in flow_runs.states(store, run_id)][-3:] == [
        "Cancelling",
        "Killing",
        "Cancelled",
    ]
    with pytest.raises(IllegalTransition, match="cannot be killed"):
        killing.kill(store, run_id)


@pytest.mark.soak
def test_cancelling_ends_nine_kinds_of_processes_every_time(runs, begun):
    for _ in range(500):
        run_id, _, pids = begun("surrounded", said="started", env={"PACC_RUNNER_GRACE_SECONDS": "0.2"})
        cancel(runs, run_id)
        runs.until(run_id, "Cancelled")
        assert not any(map(runs.is_there, pids))


def moments(runs, count):
    """Cancel runs at random moments of their lives; return how they ended."""
    began, ended = time.monotonic(), Counter()
    runs.begin(runs.made("lasting_a_moment"), "--quiet", wait=True)
    lasts = time.monotonic() - began
    for _ in range(count):
        run_id = runs.made("lasting_a_moment")
        supervisor = runs.begin(run_id, "--quiet")
        time.sleep(random.uniform(0, 1.2 * lasts))
        try:
            cancel(runs, run_id)
        except IllegalTransition:
            assert runs.run(run_id).state_name == "Completed"
        run = runs.until(run_id, "Cancelled", "Completed")
        runs.eventually(lambda pid=supervisor: not runs.is_there(pid))
        assert runs.run(run_id).state_name == run.state_name
        hooks = [line for line in runs.lines(run_id) if line.startswith("hook")]
        assert hooks in ([], ["hook saw Cancelled"]) if run.state_name == "Cancelled" else not hooks
        ended[run.state_name] += 1
    return ended


def test_cancelling_at_any_moment_wins_or_loses_cleanly(runs):
    assert sum(moments(runs, 6).values()) == 6


@pytest.mark.soak
def test_cancelling_at_very_many_moments_wins_or_loses_cleanly(runs):
    assert set(moments(runs, 1000)) == {"Cancelled", "Completed"}


def test_a_run_that_waits_is_cancelled_at_once(runs):
    run_id = runs.made("fine")
    assert cancel(runs, run_id).state.is_cancelled()
    with pytest.raises(IllegalTransition, match="ended in state 'Cancelled'"):
        cancel(runs, run_id)


def test_a_run_that_is_claimed_and_has_not_begun_is_cancelled_at_once_and_its_claimer_lives(runs):
    store = runs.recorded.store
    deployment = deployments.upsert(store, DeploymentCreate(name="d", flow_name="fine"))
    run = str(deployments.create_run(store, deployment.id).id)
    session = sessions.current(store.home)
    claims.claim(store, [run], session=session.id, process=session.process)
    assert cancel(runs, run).state.is_cancelled()
    assert runs.begin(run, "--quiet", "--claimed-by", session.id, wait=True)[1] == 0
    assert runs.run(run).run_count == 0


def test_a_script_is_told_by_a_termination_signal(runs, processes):
    process = processes.start(sys.executable, processes.script(SCRIPT))
    assert process.stdout.readline() == "waiting\n"
    [run] = runs.recorded.flow_runs()
    cancel(runs, str(run.id))
    finished = processes.finish(process)
    assert finished.code == -signal.SIGTERM
    assert finished.stdout == "hook saw Cancelling\n"
    assert runs.recorded.history(runs.recorded.flow_run()) == [
        "Pending",
        "Running",
        "Cancelling",
        "Cancelled",
    ]


def test_a_script_is_killed_with_all_below_it_and_its_run_is_cancelled_at_once(runs, processes, capsys):
    process = processes.start(sys.executable, processes.script(STUBBORN))
    child = int(process.stdout.readline())
    [run] = runs.recorded.flow_runs()
    assert main(["flow-run", "cancel", str(run.id), "--kill"]) == 0
    assert "Killed flow run" in capsys.readouterr().err
    ended = runs.recorded.flow_run()
    assert (ended.state_name, ended.state.message) == ("Cancelled", killing.KILLED)
    assert processes.finish(process).code == -signal.SIGKILL
    runs.eventually(lambda: not runs.is_there(child))


def test_what_a_killed_run_started_elsewhere_is_killed_with_it(runs, begun):
    store = runs.recorded.store
    parent, _, _ = begun(how="wait")
    child, _, pids = begun("surrounded", said="started", env={"PACC_RUNNER_GRACE_SECONDS": "3600"})
    with store.transaction() as changes:
        changes.run_sql("UPDATE flow_run SET parent_flow_run_id = ? WHERE id = ?", [parent, child])
    killing.kill(store, parent)
    runs.until(parent, "Cancelled")
    runs.until(child, "Cancelled")
    assert not any(map(runs.is_there, pids))


def test_a_run_is_not_killed_by_the_process_that_executes_it(runs):
    store = runs.recorded.store
    run_id = str(create_flow_run(store, flow_name="own", state=Running()).id)
    mine = dumps(with_role(sessions.current(runs.home).process, Role.EXECUTES))
    with store.transaction() as changes:
        changes.run_sql("UPDATE flow_run SET session = 's', process = ? WHERE id = ?", [mine, run_id])
    with pytest.raises(IllegalTransition, match="by this very process"):
        killing.kill(store, run_id)


def test_a_signal_never_reaches_another_process_that_got_the_pid(runs):
    mine = sessions.current(runs.home).process
    for wrong in ({"started": "1"}, {"boot": "another"}, {"host": "elsewhere"}, {"pid": 2**22 - 1}):
        assert not tell_to_look(dumps(with_role({**mine, **wrong}, Role.EXECUTES)))
    assert not tell_to_look(dumps(with_role(mine, Role.CLAIMS)))
    assert not tell_to_look(None)
    for wrong in ({"started": "1"}, {"host": "elsewhere"}):
        assert not kill(dumps(with_role({**mine, **wrong}, Role.EXECUTES)))


def test_what_a_cancelled_run_started_elsewhere_is_cancelled_with_it(runs, begun):
    store = runs.recorded.store
    parent, _, _ = begun(how="wait")
    child, _, [pid] = begun(how="wait")
    waiting = str(create_flow_run(store, flow_name="fine", state=Scheduled()).id)
    done = runs.made("fine")
    with store.transaction() as changes:
        for each, under in ((child, parent), (waiting, child), (done, parent)):
            changes.run_sql("UPDATE flow_run SET parent_flow_run_id = ? WHERE id = ?", [under, each])
    runs.begin(done, "--quiet", wait=True)
    cancel(runs, parent)
    runs.until(parent, "Cancelled")
    runs.until(child, "Cancelled")
    assert not runs.is_there(pid)
    assert runs.run(waiting).state_name == "Cancelled"
    assert runs.run(done).state_name == "Completed"


def test_a_run_inside_another_one_ends_with_that(runs):
    store = runs.recorded.store
    outer = str(create_flow_run(store, flow_name="outer", state=Running()).id)
    inner = str(create_flow_run(store, flow_name="inner", state=Running()).id)
    with store.transaction() as changes:
        changes.run_sql(
            "UPDATE flow_run SET parent_flow_run_id = ?, root_flow_run_id = ?, session = 's' WHERE id = ?",
            [outer, outer, inner],
        )
    with pytest.raises(IllegalTransition, match="inside another one") as refused:
        cancel(runs, inner)
    assert refused.value.hint == f"pacc flow-run cancel {outer}"


def test_the_command_cancels_and_may_wait_for_the_end(runs, begun, capsys):
    run_id, _, [flow] = begun(how="wait")
    assert main(["flow-run", "cancel", run_id, "--wait"]) == 0
    assert not runs.is_there(flow)
    assert "ended in state Cancelled" in capsys.readouterr().err
    assert main(["flow-run", "cancel", run_id]) == 1
    assert "cannot be cancelled" in capsys.readouterr().err
    waiting = runs.made("fine")
    assert main(["flow-run", "cancel", waiting]) == 0
    assert "before it began" in capsys.readouterr().err
    assert main(["flow-run", "cancel", "no-such-run"]) == 1
    assert 'Error: no flow run "no-such-run"' in capsys.readouterr().err


def test_a_run_that_someone_else_ended_by_force_loses_its_processes(runs, begun):
    run_id, supervisor, [flow] = begun(how="wait", env={"PACC_RUNNER_GRACE_SECONDS": "0.1"})
    run_transitions.propose_flow_run_state(runs.recorded.store, run_id, Cancelling(), force=True)
    os.kill(supervisor, signal.SIGUSR1)
    runs.eventually(lambda: not runs.is_there(flow))
    assert flow_runs.read(runs.recorded.store, run_id).state_name in ("Cancelling", "Cancelled")
    runs.until(run_id, "Cancelled")
