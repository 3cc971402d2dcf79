"""Workers take the runs of their pool: the most important first, within every limit, and what cannot be executed says so."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from waiting import wait_until

from pacc._internal import sessions
from pacc.exceptions import InvalidNameError, InvalidValueError, ObjectNotFound
from pacc.orchestration.job_variables import merged
from pacc.runner.stopping import Stop
from pacc.schemas.deployments import DeploymentCreate
from pacc.schemas.event_filters import EventFilter
from pacc.schemas.work_pools import WorkPoolCreate, WorkPoolUpdate, WorkQueueCreate, WorkQueueUpdate
from pacc.services import deployments, events, flow_runs, variables, work_pools, work_queues, workers
from pacc.services.run_transitions import propose_flow_run_state
from pacc.settings import (
    PACC_WORKER_WEBSERVER_PORT,
    get_current_settings,
    temporary_settings,
)
from pacc.states import Completed, Running, Scheduled
from pacc.store import close_store, open_store
from pacc.workers import types
from pacc.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult
from pacc.workers.health import healthcheck
from pacc.workers.process import ProcessWorker


class NotingResult(BaseWorkerResult):
    """How a run of a noting worker ended."""


class NotingConfiguration(BaseJobConfiguration):
    image: str = "none"
    size: int = 1


class NotingVariables(BaseVariables):
    image: str = "default-image"
    size: int = 1


class NotingWorker(BaseWorker[NotingConfiguration, NotingVariables, NotingResult]):
    """Executes nothing, but notes what it should have, and ends each run when it is let go."""

    type = "noting"
    job_configuration = NotingConfiguration
    job_configuration_variables = NotingVariables

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.taken = []
        self.configurations = {}
        self.open = 0
        self.most_open = 0
        self.held = False
        self.wrong = {}
        self.killed = []

    async def run(self, flow_run, configuration, task_status=None):
        self.taken.append(flow_run.name)
        self.configurations[flow_run.name] = configuration
        task_status.started(f"infrastructure of {flow_run.name}")
        if error := self.wrong.get(flow_run.name):
            if isinstance(error, Exception):
                raise error
            return NotingResult(identifier=flow_run.name, status_code=error)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        propose_flow_run_state(self._store, str(flow_run.id), Running())
        while self.held:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        propose_flow_run_state(self._store, str(flow_run.id), Completed())
        self.open -= 1
        return NotingResult(identifier=flow_run.name, status_code=0)

    async def kill_infrastructure(self, infrastructure_pid, configuration, grace_seconds=30):
        self.killed.append((infrastructure_pid, grace_seconds))
        self.held = False


types._known.pop("noting")  # other tests list the types there are


@pytest.fixture
def store(pacc_home):
    made = open_store(get_current_settings().home)
    yield made
    sessions.end_all()
    close_store(pacc_home)


@pytest.fixture
def deployed(store):
    """Make a pool with a deployment, and runs of it."""
    work_pools.create(store, WorkPoolCreate(name="local", type="noting"))

    class Deployed:
        made = deployments.upsert(
            store, DeploymentCreate(name="d", flow_name="f", work_pool_name="local", entrypoint="f.py:f")
        )

        def again(self, **more):
            wanted = {"name": "d", "flow_name": "f", "work_pool_name": "local", **more}
            self.made = deployments.upsert(store, DeploymentCreate(**wanted))

        def run(self, name, queue=None, minutes=0, **more):
            due = Scheduled(scheduled_time=datetime.now(UTC) + timedelta(minutes=minutes))
            return deployments.create_run(
                store, self.made.id, name=name, work_queue_name=queue, state=due, **more
            )

    return Deployed()


@contextmanager
def at_work(worker, **options):
    """Let a worker work in a thread until the block ends."""
    thread = threading.Thread(
        target=lambda: asyncio.run(worker.start(printer=lambda *_: None, **options)), daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        worker.held = False
        worker.stop()
        thread.join(20)
        assert not thread.is_alive()


def work_once(worker):
    asyncio.run(worker.start(run_once=True, printer=lambda *_: None))


def state_of(store, name):
    [run] = [run for run in flow_runs.select(store) if run.name == name]
    return run.state


# ---------------------------------------------------------------------------------------------- which runs


def test_the_most_important_queue_comes_first_then_the_oldest(store, deployed):
    work_queues.create(store, WorkQueueCreate(name="urgent", priority=1), work_pool_name="local")
    deployed.run("late", minutes=-5)
    deployed.run("later", minutes=-2)
    deployed.run("urgent", "urgent", minutes=-1)
    deployed.run("tomorrow", minutes=60)
    worker = NotingWorker("local")
    work_once(worker)
    assert worker.taken == ["urgent", "late", "later"]
    assert {run.state_name for run in flow_runs.select(store)} == {"Completed", "Scheduled"}


def test_a_worker_of_some_queues_leaves_the_others_alone_and_makes_what_is_not_there(store, deployed):
    deployed.run("a", "nightly")
    deployed.run("b")
    worker = NotingWorker("local", work_queues=["nightly", "new"])
    work_once(worker)
    assert worker.taken == ["a"]
    assert "new" in {queue.name for queue in work_queues.select(store, work_pool_name="local")}


@pytest.mark.parametrize("limited", ["worker", "pool", "queue", "deployment"])
def test_no_limit_is_exceeded_and_each_run_has_its_turn(store, deployed, limited):
    if limited == "pool":
        work_pools.update(store, "local", WorkPoolUpdate(concurrency_limit=2))
    elif limited == "queue":
        [queue] = work_queues.select(store, work_pool_name="local")
        work_queues.update(store, queue.id, WorkQueueUpdate(concurrency_limit=2))
    elif limited == "deployment":
        deployed.again(concurrency_limit=2)
    for number in range(6):
        deployed.run(f"run-{number}")
    worker = NotingWorker("local", limit=2 if limited == "worker" else None)
    worker.held = True
    with at_work(worker):
        wait_until(lambda: worker.open == 2)
        time.sleep(0.1)
        worker.held = False
        wait_until(lambda: len(worker.taken) == 6)
    assert worker.most_open == 2
    if limited == "deployment":
        waited = [state.name for run in flow_runs.select(store) for state in flow_runs.states(store, run.id)]
        assert "AwaitingConcurrencySlot" in waited


@pytest.mark.parametrize("paused", ["pool", "queue"])
def test_what_is_paused_waits_and_goes_on_at_once_when_it_is_resumed(store, deployed, paused):
    [queue] = work_queues.select(store, work_pool_name="local")

    def pause(rests):
        if paused == "pool":
            work_pools.update(store, "local", WorkPoolUpdate(is_paused=rests))
        else:
            work_queues.update(store, queue.id, WorkQueueUpdate(is_paused=rests))

    pause(True)
    worker = NotingWorker("local")
    with at_work(worker):
        wait_until(lambda: worker.is_setup)
        deployed.run("a")
        time.sleep(0.15)
        assert worker.taken == []
        begun = time.monotonic()
        pause(False)
        wait_until(lambda: worker.taken)
        assert time.monotonic() - begun < 20


def test_two_workers_share_the_runs_and_each_is_taken_once(store, deployed):
    for number in range(30):
        deployed.run(f"run-{number}")
    first, second = NotingWorker("local", limit=3), NotingWorker("local", limit=3)
    with at_work(first), at_work(second):
        wait_until(lambda: len(first.taken) + len(second.taken) == 30)
    assert len({*first.taken, *second.taken}) == 30


# ---------------------------------------------------------------------------------------------- what goes wrong


def test_what_a_type_raises_crashes_the_run_and_the_worker_lives_on(store, deployed):
    deployed.run("a", minutes=-1)
    deployed.run("b")
    deployed.run("c")
    worker = NotingWorker("local")
    worker.wrong = {"a": ConnectionError("no cluster"), "b": 7}
    work_once(worker)
    crashed = state_of(store, "a")
    assert (crashed.name, crashed.message) == (
        "Crashed",
        "The run could not be submitted: ConnectionError: no cluster",
    )
    assert state_of(store, "b").message == "Its infrastructure ended with the exit code 7."
    assert state_of(store, "c").name == "Completed"


def test_what_is_handed_to_infrastructure_and_how_that_ended_is_told_as_events(store, deployed):
    deployed.run("a")
    deployed.run("b")
    worker = NotingWorker("local", name="Big Worker")
    worker.wrong = {"b": 7}
    work_once(worker)
    store.journal.flush()
    named = {"name": ["prefect.worker.submitted-flow-run", "prefect.worker.executed-flow-run"]}
    told = {
        (each.event, each.related[0].name): each for each in events.select(store, EventFilter(event=named))
    }
    assert len(told) == 4
    submitted = told["pacc.worker.submitted-flow-run", "b"]
    executed = told["pacc.worker.executed-flow-run", "b"]
    assert executed.follows == submitted.id
    assert submitted.resource.id == executed.resource.id == "pacc.worker.noting.big-worker"
    assert {each.role for each in executed.related} >= {"flow-run", "flow", "deployment", "work-pool"}
    assert executed.related[0]["prefect.infrastructure.status-code"] == "7"
    assert executed.related[0]["prefect.infrastructure.identifier"] == "b"


def test_a_run_whose_deployment_is_gone_is_cancelled(store, deployed):
    run = deployed.run("a")
    with store.transaction() as changes:
        changes.run_sql("UPDATE flow_run SET deployment_id = id WHERE id = ?", [str(run.id)])
    work_once(NotingWorker("local"))
    assert (state_of(store, "a").name, state_of(store, "a").message) == (
        "Cancelled",
        "Its deployment was deleted.",
    )


def test_job_variables_that_do_not_fit_crash_the_run_with_a_sentence(store, deployed):
    deployed.run("a", job_variables={"size": "huge"})
    work_once(NotingWorker("local"))
    assert (
        'the job variables do not fit: "size" input should be a valid integer' in state_of(store, "a").message
    )


def test_job_variables_that_speak_of_a_block_that_is_not_there_crash_the_run(store, deployed):
    deployed.run("a", job_variables={"env": {"TOKEN": "{{ pacc.blocks.secret.none }}"}})
    work_once(NotingWorker("local"))
    assert state_of(store, "a").name == "Crashed"
    assert "none" in state_of(store, "a").message


def test_a_pool_that_is_not_there_is_made_unless_that_is_not_wanted(store):
    with pytest.raises(ObjectNotFound, match='no work pool "new"'):
        work_once(NotingWorker("new", create_pool_if_not_found=False))
    work_once(NotingWorker("new"))
    pool = work_pools.read(store, "new")
    assert pool.type == "noting"
    assert pool.base_job_template == NotingWorker.get_default_base_job_template()


def test_a_pool_of_another_type_is_refused(store, deployed):
    with pytest.raises(InvalidValueError, match='is of type "noting", which a worker of type "process"'):
        work_once(ProcessWorker("local"))


def test_a_name_with_a_slash_is_refused():
    with pytest.raises(InvalidNameError, match="holds '/'"):
        NotingWorker("local", name="a/b")


# ---------------------------------------------------------------------------------------------- job variables


def test_the_run_has_the_last_word_then_the_deployment_then_the_pool(store, deployed):
    variables.put(store, "stage", "test")
    template = NotingWorker.get_default_base_job_template()
    template["variables"]["properties"]["env"]["default"] = {"A": "pool", "B": "pool", "C": "pool"}
    template["job_configuration"]["image"] = "registry/{{ image }}:{{ prefect.variables.stage }}"
    work_pools.update(store, "local", WorkPoolUpdate(base_job_template=template))
    deployed.again(job_variables={"env": {"B": "deployment", "C": "deployment"}, "size": 2})
    deployed.run("a", job_variables={"env.C": "run", "name": "{{ ctx.flow.name }}-job"})
    worker = NotingWorker("local", name="w")
    work_once(worker)
    configuration = worker.configurations["a"]
    assert {name: configuration.env[name] for name in "ABC"} == {"A": "pool", "B": "deployment", "C": "run"}
    assert configuration.env["PACC_HOME"] == str(get_current_settings().home)
    assert (configuration.image, configuration.size) == ("registry/default-image:test", 2)
    assert configuration.name == "f-job"
    assert configuration.labels["pacc.io/worker-name"] == "w"
    assert configuration.command == "pacc flow-run execute"
    assert configuration.is_using_a_runner


def test_the_infrastructure_of_any_type_executes_the_run_by_the_command_it_is_given(
    store, deployed, tmp_path
):
    class CommandingWorker(NotingWorker):
        async def run(self, flow_run, configuration, task_status=None):
            command = [sys.executable, "-m", *configuration.command.split()]
            process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **configuration.env})
            return NotingResult(identifier=str(process.pid), status_code=await process.wait())

    types._known.pop("noting")
    (tmp_path / "flows.py").write_text("from pacc import flow\n@flow\ndef f(): return 7\n")
    deployed.again(entrypoint=f"{tmp_path / 'flows.py'}:f")
    deployed.run("a")
    work_once(CommandingWorker("local"))
    assert state_of(store, "a").name == "Completed"


def test_names_with_dots_are_values_inside_others():
    assert merged({"env": {"A": "1"}}, {"env.B": "2", "x": 1}, {"x": 2}) == {
        "env": {"A": "1", "B": "2"},
        "x": 2,
    }


# ---------------------------------------------------------------------------------------------- being there


def test_a_pool_is_ready_while_a_worker_is_at_work(store, deployed):
    worker = NotingWorker("local", name="w")
    with at_work(worker):
        wait_until(lambda: worker.is_setup)
        assert work_pools.read(store, "local").status == "READY"
        assert deployments.read(store, deployed.made.id).status == "READY"
        [known] = workers.select(store)
        assert (known.name, known.id, known.status) == ("w", worker.backend_id, "ONLINE")
        assert worker.get_status()["work_pool"] == "local"
        assert worker.is_worker_still_polling(10)
    assert work_pools.read(store, "local").status == "NOT_READY"
    assert deployments.read(store, deployed.made.id).status == "NOT_READY"


def test_a_heartbeat_is_sent_as_often_as_it_is_said(store, deployed):
    worker = NotingWorker("local", heartbeat_interval_seconds=0.05)
    with at_work(worker):
        wait_until(lambda: workers.select(store))
        first = workers.select(store)[0].last_heartbeat_time
        wait_until(lambda: workers.select(store)[0].last_heartbeat_time > first)


def test_a_worker_whose_pool_is_deleted_finishes_its_runs_and_ends(store, deployed, caplog):
    deployed.run("a")
    worker = NotingWorker("local", heartbeat_interval_seconds=0.02)
    worker.held = True
    logging.getLogger("pacc.workers").addHandler(caplog.handler)
    with at_work(worker):
        wait_until(lambda: worker.open == 1)
        work_pools.delete(store, "local")
        wait_until(lambda: worker.stopping)
        worker.held = False
    assert state_of(store, "a").name == "Completed"
    assert 'No more runs are taken: no work pool "local"' in caplog.text


def test_a_worker_told_to_terminate_ends_its_runs_infrastructure(store, deployed):
    deployed.run("a")
    worker = NotingWorker("local")
    worker.held = True
    with at_work(worker):
        wait_until(lambda: worker.open == 1)
        worker._signals.ask(Stop.TERMINATE)
        wait_until(lambda: worker.killed)
    assert worker.killed == [("infrastructure of a", 30)]


def test_a_worker_that_is_cancelled_lets_its_runs_go(store, deployed):
    deployed.run("a")
    worker = NotingWorker("local")
    worker.held = True

    async def cancelled():
        at_work = asyncio.create_task(worker.start(printer=lambda *_: None))
        while not worker.open:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        at_work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await at_work

    asyncio.run(cancelled())
    assert worker.killed == [("infrastructure of a", 30)]
    assert work_pools.read(store, "local").status == "NOT_READY"


def test_a_worker_answers_whether_it_is_well(store, deployed):
    with (
        temporary_settings({PACC_WORKER_WEBSERVER_PORT: 0}),
        at_work(NotingWorker("local"), with_healthcheck=True),
    ):
        pass
    well = [True]
    with healthcheck("127.0.0.1", 0, lambda: well[0]) as port:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
            assert json.load(answer) == {"message": "OK"}
        well[0] = False
        for path, code in (("/health", 503), ("/other", 404)):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}")
            assert refused.value.code == code
            refused.value.close()


# ---------------------------------------------------------------------------------------------- types


def test_types_are_found_by_their_name_and_through_entry_points(monkeypatch, caplog):
    class Entry:
        group, value, dist = "pacc.workers", "somewhere", None

        def __init__(self, name, loaded):
            self.name, self.loaded = name, loaded

        def load(self):
            if isinstance(self.loaded, Exception):
                raise self.loaded
            return self.loaded

    found = [Entry("noting", NotingWorker), Entry("broken", ImportError("no such module"))]
    monkeypatch.setattr(types, "entry_points", lambda group: found if group == "pacc.workers" else [])
    types.installed.cache_clear()
    types._warn.cache_clear()
    monkeypatch.setattr(types, "_known", {})
    assert BaseWorker.get_all_available_worker_types() == ["noting", "process"]
    assert BaseWorker.get_worker_class_from_type("noting") is NotingWorker
    assert BaseWorker.get_worker_class_from_type("kubernetes") is None
    assert "'broken' of pacc.workers cannot be loaded" in caplog.text
    with pytest.raises(ObjectNotFound, match='no worker of type "kubernetes"; there are noting, process'):
        types.worker_class("kubernetes")
    types.installed.cache_clear()


def test_the_template_of_a_process_pool_is_prefects():
    template = ProcessWorker.get_default_base_job_template()
    assert template["job_configuration"] == {
        name: f"{{{{ {name} }}}}"
        for name in ("command", "env", "labels", "name", "stream_output", "working_dir")
    }
    assert set(template["variables"]["properties"]) == set(template["job_configuration"])
    assert template["variables"]["properties"]["stream_output"]["default"] is True
