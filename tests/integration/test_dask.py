"""Tasks on a real Dask cluster on this machine."""

from __future__ import annotations

import json
import os
import threading
import time
from multiprocessing import resource_tracker

import pytest

from pacc import flow, get_run_logger, task
from pacc.exceptions import CrashedRun, SerializationError
from pacc.store.log_files import lines, log_path

distributed = pytest.importorskip("distributed")

from pacc.integrations.dask import DaskTaskRunner  # noqa: E402 - only where the extra is installed

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as made:
        yield made
    resource_tracker._resource_tracker._stop()  # a process of the standard library, which it leaves to the end of this one


@task
def double(number):
    get_run_logger().info("doubling %s in %s", number, os.getpid())
    return 2 * number


def on(cluster, body):
    return flow(task_runner=DaskTaskRunner(cluster=cluster))(body)()


def test_states_logs_and_results_flow_back(cluster, recorded, pacc_home):
    assert on(cluster, lambda: double.map([1, double.submit(5)]).result()) == [2, 20]
    assert [run.state_name for run in recorded.task_runs()] == ["Completed"] * 3
    assert recorded.history(recorded.task_runs()[0]) == ["Pending", "Running", "Completed"]
    told = [json.loads(line)["message"] for _, line in lines(log_path(pacc_home, recorded.flow_run().id))]
    doubling = [message for message in told if message.startswith("doubling")]
    assert len(doubling) == 3
    assert not any(str(os.getpid()) in message.split()[-1] for message in doubling)


def test_errors_retries_and_async_tasks_work_as_ever(cluster, recorded, tmp_path):
    @task(retries=1)
    async def second_time(mark):
        if not mark.exists():
            mark.touch()
            raise OSError("no answer")
        return "there"

    @task
    def fail():
        raise ValueError("no such city")

    def body():
        with pytest.raises(ValueError, match="no such city"):
            fail.submit().result()
        with pytest.raises(SerializationError, match="the argument 'number'"):
            double.submit(threading.Lock()).result()
        return second_time.submit(tmp_path / "mark").result()

    assert on(cluster, body) == "there"
    assert recorded.task_run("second_time").run_count == 2


def test_a_cluster_is_made_for_a_flow_run(recorded):
    runner = DaskTaskRunner(cluster_kwargs={"n_workers": 1, "threads_per_worker": 1})
    assert flow(task_runner=runner)(lambda: double.submit(21).result())() == 42


def test_a_worker_that_dies_takes_only_its_own_task_along(recorded):
    @task
    def die():
        os._exit(3)

    def body():
        crashed = die.submit()
        with pytest.raises(CrashedRun, match="The Dask worker that executed it is gone"):
            crashed.result()
        return double.submit(2).result()

    runner = DaskTaskRunner(cluster_kwargs={"n_workers": 2, "threads_per_worker": 1})
    assert flow(task_runner=runner)(body)() == 4
    assert recorded.task_run("die").state_name == "Crashed"


def test_a_task_that_takes_too_long_times_out(cluster):
    @task(timeout_seconds=0.2)
    def slow():
        while True:
            time.sleep(0.01)

    def body():
        return slow.submit(return_state=True).name

    assert on(cluster, body) == "TimedOut"


def test_it_is_said_once_where_tasks_are_to_run():
    with pytest.raises(ValueError, match="one of cluster and address"):
        DaskTaskRunner(cluster=object(), address="tcp://localhost:1")
    with pytest.raises(ValueError, match="`cluster_kwargs` are for a cluster that is made"):
        DaskTaskRunner(address="tcp://localhost:1", cluster_kwargs={"n_workers": 1})
