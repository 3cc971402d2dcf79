"""Process workers: each run in processes of its own, in the folder, environment and command that were asked for."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from waiting import wait_until

from pacc._internal import sessions
from pacc.schemas.deployments import DeploymentCreate
from pacc.schemas.work_pools import WorkPoolCreate
from pacc.services import cancelling, deployments, flow_runs, run_transitions, work_pools
from pacc.settings import PACC_RUNNER_WARM, get_current_settings, temporary_settings
from pacc.states import Scheduled
from pacc.store import close_store, open_store
from pacc.workers.process import ProcessWorker

FLOW = """
import os, time
from pathlib import Path
from pacc import flow

@flow
def told(file, seconds=0):
    Path(file).write_text(f"{os.getcwd()} {os.environ.get('STAGE')} {os.getpriority(os.PRIO_PROCESS, 0)}")
    time.sleep(seconds)
"""


@pytest.fixture
def store(pacc_home):
    made = open_store(get_current_settings().home)
    work_pools.create(made, WorkPoolCreate(name="local"))
    yield made
    sessions.end_all()
    close_store(pacc_home)


@pytest.fixture
def told(store, tmp_path):
    """Make a run whose flow writes where it is into a file."""
    (tmp_path / "flows.py").write_text(FLOW)
    made = deployments.upsert(
        store,
        DeploymentCreate(
            name="d", flow_name="told", work_pool_name="local", entrypoint=f"{tmp_path}/flows.py:told"
        ),
    )

    def run(name, *, seconds=0, due=None, **job_variables):
        return deployments.create_run(
            store, made.id, name=name, parameters={"file": str(tmp_path / name), "seconds": seconds},
            job_variables=job_variables, state=Scheduled(scheduled_time=due),
        )  # fmt: skip

    return run


def states(store):
    return {run.name: run.state for run in flow_runs.select(store)}


@pytest.mark.parametrize("warm", [True, False], ids=["warm", "fresh"])
def test_runs_are_where_and_what_their_job_variables_say(store, told, tmp_path, warm):
    (tmp_path / "elsewhere").mkdir()
    told("plain", env={"STAGE": "test"}, working_dir=str(tmp_path / "elsewhere"))
    told("commanded", command=f"nice -n 3 {sys.executable} -m pacc.flow_engine", stream_output=False)
    told("nowhere", working_dir=str(tmp_path / "nowhere"))
    told("nothing", command="no-such-command-at-all")
    with temporary_settings({PACC_RUNNER_WARM: warm}):
        asyncio.run(ProcessWorker("local").start(run_once=True, printer=lambda *_: None))
    assert (tmp_path / "plain").read_text() == f"{tmp_path / 'elsewhere'} test {os.nice(0)}"
    assert (tmp_path / "commanded").read_text() == f"{os.getcwd()} None {min(os.nice(0) + 3, 19)}"
    ended = states(store)
    assert {name: state.name for name, state in ended.items()} == {
        "plain": "Completed", "commanded": "Completed", "nowhere": "Crashed", "nothing": "Crashed",
    }  # fmt: skip
    assert "No such file or directory" in ended["nowhere"].message
    assert "no-such-command-at-all" in ended["nothing"].message


def test_a_run_claimed_ahead_of_its_time_begins_punctually(store, told):
    due = datetime.now(UTC) + timedelta(seconds=2.5)
    run = told("punctual", due=due)
    asyncio.run(ProcessWorker("local", prefetch_seconds=30).start(run_once=True, printer=lambda *_: None))
    began = flow_runs.read(store, run.id).start_time
    assert timedelta(0) <= began - due < timedelta(seconds=0.5)


def test_runs_outlive_a_killed_worker_and_the_pool_is_not_ready_any_more(processes, store, told, tmp_path):
    told("a", seconds=1.5)
    worker = processes.start(sys.executable, "-m", "pacc", "worker", "start", "--pool", "local")
    wait_until(lambda: (tmp_path / "a").exists())
    assert work_pools.read(store, "local").status == "READY"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert work_pools.read(store, "local").status == "NOT_READY"
    wait_until(lambda: states(store)["a"].name == "Completed")


def test_ctrl_c_once_drains_and_twice_terminates(processes, store, told, tmp_path):
    told("a", seconds=60)
    worker = processes.start(sys.executable, "-m", "pacc", "agent", "start", "--pool", "local")
    wait_until(lambda: (tmp_path / "a").exists())
    worker.send_signal(signal.SIGINT)
    time.sleep(0.2)
    assert worker.poll() is None
    worker.send_signal(signal.SIGINT)
    ended = processes.finish(worker)
    assert ended.code == 0, ended.output
    assert states(store)["a"].is_final()
    assert not states(store)["a"].is_completed()


STEPPED = """
import os
from pathlib import Path
from pacc import flow

LOADED = os.getpid()

@flow
def stepped(file):
    Path(file).write_text(f"{LOADED != os.getpid()} {os.getcwd()}")
"""


def test_a_run_whose_pull_step_only_enters_a_folder_is_forked_from_a_process_in_that_folder(store, tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    (there / "stepped.py").write_text(STEPPED)
    steps = {
        "forked": [{"prefect.deployments.steps.set_working_directory": {"directory": str(there)}}],
        "fresh": [{"pacc.deployments.steps.set_working_directory": {"directory": str(there), "id": "x"}}],
        "lost": [{"pacc.deployments.steps.set_working_directory": {"directory": str(tmp_path / "gone")}}],
    }
    for name, pull_steps in steps.items():
        made = deployments.upsert(
            store,
            DeploymentCreate(
                name=name, flow_name="stepped", work_pool_name="local", entrypoint="stepped.py:stepped",
                pull_steps=pull_steps,
            ),
        )  # fmt: skip
        deployments.create_run(store, made.id, name=name, parameters={"file": str(tmp_path / name)})
    asyncio.run(ProcessWorker("local").start(run_once=True, printer=lambda *_: None))
    assert (tmp_path / "forked").read_text() == f"True {there}"
    assert (tmp_path / "fresh").read_text() == f"False {there}"
    ended = states(store)
    assert {name: state.name for name, state in ended.items()} == {
        "forked": "Completed", "fresh": "Completed", "lost": "Crashed",
    }  # fmt: skip
    assert "cannot be entered" in ended["lost"].message


def test_a_request_that_did_not_reach_the_supervisor_is_brought_to_it_by_the_worker(
    store, told, tmp_path, monkeypatch
):
    monkeypatch.setattr(run_transitions, "tell_to_look", lambda process: False)
    run = told("a", seconds=60)
    worker = ProcessWorker("local")

    def cancel():
        wait_until(lambda: (tmp_path / "a").exists())
        cancelling.cancel(store, run.id)
        wait_until(lambda: states(store)["a"].name == "Cancelled")
        worker.stop()

    asking = threading.Thread(target=cancel)
    asking.start()
    asyncio.run(worker.start(printer=lambda *_: None))
    asking.join()
    assert states(store)["a"].name == "Cancelled"
