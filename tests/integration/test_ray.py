"""Tasks on a real Ray cluster on this machine."""

from __future__ import annotations

import json
import os
import threading
import time

import pytest

from pacc import flow, get_run_logger, task
from pacc.exceptions import CrashedRun, SerializationError
from pacc.store.log_files import lines, log_path

ray = pytest.importorskip("ray")

from pacc.integrations.ray import RayTaskRunner, _environment  # noqa: E402 - only where the extra is installed

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning", "ignore::UserWarning"
)


@pytest.fixture(scope="module")
def _cluster():
    ray.init(
        num_cpus=2, include_dashboard=False, log_to_driver=False, runtime_env={"env_vars": _environment()}
    )
    yield
    ray.shutdown()


@task
def double(number):
    get_run_logger().info("doubling %s in %s", number, os.getpid())
    return 2 * number


def on_ray(body):
    return flow(task_runner=RayTaskRunner())(body)()


@pytest.mark.usefixtures("_cluster")
def test_states_logs_and_results_flow_back(recorded, pacc_home):
    assert on_ray(lambda: double.map([1, double.submit(5)]).result()) == [2, 20]
    assert [run.state_name for run in recorded.task_runs()] == ["Completed"] * 3
    assert recorded.history(recorded.task_runs()[0]) == ["Pending", "Running", "Completed"]
    told = [json.loads(line)["message"] for _, line in lines(log_path(pacc_home, recorded.flow_run().id))]
    doubling = [message for message in told if message.startswith("doubling")]
    assert len(doubling) == 3
    assert not any(str(os.getpid()) in message.split()[-1] for message in doubling)


@pytest.mark.usefixtures("_cluster")
def test_errors_retries_and_deaths_are_each_tasks_own(recorded, tmp_path):
    @task(retries=1)
    async def second_time(mark):
        if not mark.exists():
            mark.touch()
            raise OSError("no answer")
        return "there"

    @task
    def fail():
        raise ValueError("no such city")

    @task
    def die():
        os._exit(3)

    @task(timeout_seconds=0.2)
    def slow():
        time.sleep(30)

    def body():
        with pytest.raises(ValueError, match="no such city"):
            fail.submit().result()
        with pytest.raises(SerializationError, match="the argument 'number'"):
            double.submit(threading.Lock()).result()
        with pytest.raises(CrashedRun, match="The Ray worker that executed it is gone"):
            die.submit().result()
        assert slow.submit(return_state=True).name == "TimedOut"
        return second_time.submit(tmp_path / "mark").result()

    assert on_ray(body) == "there"
    assert recorded.task_run("second_time").run_count == 2
    assert recorded.task_run("die").state_name == "Crashed"
    assert ray.is_initialized()


OWN = """
import os
from pacc import flow, task
from pacc.integrations.ray import RayTaskRunner

FACTOR = 3

@task
def stretched(number):
    return number * FACTOR, os.getpid()

@flow(task_runner=RayTaskRunner(init_kwargs={"num_cpus": 1}))
def around():
    return stretched.submit(7).result()

value, pid = around()
print(value, pid != os.getpid())
"""


def test_a_cluster_is_started_for_a_flow_run(run_python):
    ended = run_python(OWN, timeout=60)
    assert ended.stdout == "21 True\n", ended.output
