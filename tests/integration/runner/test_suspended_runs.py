"""Runs of deployments go on in another process: after a suspension, or retried; they reuse what had finished."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from pacc._internal import clock
from pacc.exceptions import FlowPauseTimeout, IllegalTransition, InvalidRunInput, NotPausedError
from pacc.loops import pauses
from pacc.schemas.deployments import DeploymentCreate
from pacc.services import deployments, pausing, retrying
from pacc.services.reaping import reap

PROGRAMS = Path(__file__).parent / "programs"


@pytest.fixture
def made(runs):
    """Make a run of a deployment of a flow; returns its id."""

    def make(flow):
        wanted = DeploymentCreate(name="d", flow_name=flow, entrypoint=f"flows.py:{flow}", path=str(PROGRAMS))
        deployment = deployments.upsert(runs.recorded.store, wanted)
        return str(deployments.create_run(runs.recorded.store, deployment.id).id)

    return make


def session_of(runs, run_id):
    [row] = runs.recorded.store.read_sql("SELECT session FROM flow_run WHERE id = ?", (run_id,))
    return row["session"]


def test_a_run_suspends_itself_and_is_resumed_with_what_it_asked_for(runs, made):
    store, run_id = runs.recorded.store, made("suspending")
    assert runs.begin(run_id, "--quiet", wait=True)[1] == 0
    run = runs.run(run_id)
    assert (run.state_name, session_of(runs, run_id)) == ("Suspended", None)
    assert reap(store) == []
    with pytest.raises(InvalidRunInput, match='"value" is missing'):
        pausing.resume(store, run_id)
    with pytest.raises(InvalidRunInput, match="not of type 'integer'"):
        pausing.resume(store, run_id, {"value": "seven"})
    assert runs.run(run_id).state_name == "Suspended"
    assert pausing.resume(store, run_id, {"value": 7}).name == "Resuming"
    runs.begin(run_id, "--quiet", wait=True)
    assert runs.recorded.history(runs.run(run_id)) == [
        "Scheduled", "Pending", "Running", "Suspended", "Resuming", "Pending", "Running", "Completed",
    ]  # fmt: skip
    lines = runs.lines(run_id)
    assert lines.count("measured 1") == 1
    assert lines[-3:-1] == ["Finished in state Completed()", "answered 7"]


def test_a_run_is_suspended_from_outside_at_once_and_goes_on_where_it_stopped(runs, made):
    store, run_id = runs.recorded.store, made("steady")
    supervisor = runs.begin(run_id, "--quiet")
    runs.said(run_id, "measured 3")
    pausing.suspend(store, run_id)
    os.kill(supervisor, signal.SIGUSR1)
    runs.eventually(lambda: session_of(runs, run_id) is None)
    assert runs.run(run_id).state_name == "Suspended"
    done = [line for line in runs.lines(run_id) if line.startswith("measured")]
    pausing.resume(store, run_id)
    supervisor = runs.begin(run_id, "--quiet")
    runs.said(run_id, f"measured {len(done) + 2}")
    lines = [line for line in runs.lines(run_id) if line.startswith("measured")]
    assert len(lines) - len(set(lines)) <= 1  # the one that was under way
    os.kill(supervisor, signal.SIGKILL)


def test_a_run_that_nobody_resumes_in_time_has_failed(runs, made):
    store, run_id = runs.recorded.store, made("steady")
    supervisor = runs.begin(run_id, "--quiet")
    runs.said(run_id, "measured 0")
    pausing.suspend(store, run_id, timeout=100)
    os.kill(supervisor, signal.SIGUSR1)
    runs.eventually(lambda: session_of(runs, run_id) is None)
    due = pauses.tick(store, clock.now())
    assert clock.now() < due < clock.now() + 100_000_000
    assert pauses.tick(store, due) is None
    run = runs.run(run_id)
    assert (run.state_name, run.state.message) == ("Failed", pausing.GIVEN_UP)
    with pytest.raises(NotPausedError):
        pausing.resume(store, run_id)


def test_a_run_is_not_resumed_after_its_pause_has_ended(runs, made):
    store, run_id = runs.recorded.store, made("steady")
    supervisor = runs.begin(run_id, "--quiet")
    runs.said(run_id, "measured 0")
    pausing.suspend(store, run_id, timeout=0)
    os.kill(supervisor, signal.SIGUSR1)
    runs.eventually(lambda: session_of(runs, run_id) is None)
    with pytest.raises(FlowPauseTimeout):
        pausing.resume(store, run_id)
    assert runs.run(run_id).state_name == "Failed"


def test_what_no_deployment_would_start_again_is_not_suspended(runs):
    run_id = runs.made("steady")
    supervisor = runs.begin(run_id, "--quiet")
    runs.said(run_id, "measured 0")
    with pytest.raises(IllegalTransition, match="has no deployment"):
        pausing.suspend(runs.recorded.store, run_id)
    os.kill(supervisor, signal.SIGKILL)


def test_a_retried_run_of_a_deployment_waits_for_a_runner_and_reuses_what_had_finished(runs, made):
    store, run_id = runs.recorded.store, made("mended")
    runs.begin(run_id, "--quiet", wait=True)
    assert "SIGKILL" in runs.run(run_id).state.message
    plan = retrying.retry(store, run_id)
    assert [each.is_reused for each in plan.runs] == [True]
    assert (runs.run(run_id).state_name, session_of(runs, run_id)) == ("AwaitingRetry", None)
    runs.begin(run_id, "--quiet", wait=True)
    run = runs.run(run_id)
    assert (run.state_name, run.attempt) == ("Completed", 2)
    measured = [line for line in runs.lines(run_id) if line.startswith("measured")]
    assert measured == ["measured 1", "measured 2"]
