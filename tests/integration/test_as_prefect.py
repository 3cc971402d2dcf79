"""Scripts written for Prefect run as they stand, in their own process and in those they start."""

from __future__ import annotations

import sys

import pytest

from pacc.as_prefect._finder import INTEGRATIONS, pacc_module, pacc_name
from pacc.client.orchestration import get_client

SCRIPT = """
import subprocess
import sys
from datetime import timedelta

import prefect
from prefect import allow_failure, flow, get_run_logger, runtime, tags, task, unmapped
from prefect.artifacts import create_markdown_artifact
from prefect.blocks.system import Secret
from prefect.cache_policies import INPUTS
from prefect.concurrency.sync import concurrency
from prefect.exceptions import PrefectException
from prefect.futures import PrefectFuture, PrefectFutureList
from prefect.settings import get_current_settings
from prefect.states import Completed
from prefect.task_runners import ConcurrentTaskRunner, ThreadPoolTaskRunner
from prefect.tasks import exponential_backoff, task_input_hash
from prefect.testing.utilities import prefect_test_harness
from prefect.transactions import transaction
from prefect.variables import Variable


@task(retries=2, retry_delay_seconds=exponential_backoff(10), cache_policy=INPUTS, cache_expiration=timedelta(hours=1))
def fetch(city):
    get_run_logger().info("fetching %s in %s", city, runtime.flow_run.name)
    return city.upper()


@task(tags=["bad"])
def fails():
    raise ValueError("nobody looked")


@flow(name="Written for Prefect", log_prints=True, task_runner=ThreadPoolTaskRunner(max_workers=2))
def pipeline(cities: list[str]):
    future = fetch.submit(cities[0])
    assert isinstance(future, PrefectFuture)
    mapped = fetch.map(cities)
    assert isinstance(mapped, PrefectFutureList)
    fails.submit()
    with transaction(), tags("etl"):
        create_markdown_artifact("# done", key="report")
    Variable.set("cities", cities, overwrite=True)
    print(prefect.runtime.flow_run.flow_name, [each.result() for each in mapped], sys.argv[1:])


if __name__ == "__main__":
    state = pipeline(["ulm", "kiel"], return_state=True)
    print(state.type, issubclass(PrefectException, Exception), get_current_settings().logging.level)
    child = "from prefect import flow; from prefect.flows import Flow; print('child', type(flow(lambda: 1)).__module__)"
    subprocess.run([sys.executable, "-c", child], check=True)
"""


@pytest.mark.parametrize("how", ["module", "command"])
def test_a_script_written_for_prefect_runs_as_it_stands(processes, how):
    script = processes.script(SCRIPT)
    words = ["-m", "pacc.as_prefect"] if how == "module" else ["-m", "pacc", "run", "--as-prefect"]
    environment = {"PREFECT_LOGGING_LEVEL": "DEBUG"}
    started = processes.start(sys.executable, *words, script, "--day", "monday", env=environment)
    ended = processes.finish(started)
    assert ended.code == 0, ended.output
    assert "Written for Prefect ['ULM', 'KIEL'] ['--day', 'monday']" in ended.stderr
    assert "COMPLETED True DEBUG" in ended.stdout, "unobserved failures count as Prefect counts them"
    assert "child pacc.flows" in ended.stdout
    run = get_client(sync_client=True).read_flow_runs()[0]
    assert run.state_name == "Completed"


def test_an_installed_prefect_is_passed_over(processes, tmp_path):
    real = tmp_path / "site" / "prefect"
    real.mkdir(parents=True)
    (real / "__init__.py").write_text("raise RuntimeError('the real one')")
    script = processes.script("from prefect import flow\nprint(flow.__module__)\n")
    environment = {"PYTHONPATH": f"{tmp_path / 'site'}:{':'.join(sys.path[1:2])}"}
    words = [sys.executable, "-m", "pacc.as_prefect", script]
    ended = processes.finish(processes.start(*words, env=environment, cwd=tmp_path.parent))
    assert "pacc.flows" in ended.stdout, ended.output


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import prefect.nothing", "pacc has no counterpart of 'prefect.nothing'"),
        ("from prefect import nothing", "nothing"),
        ("import prefect\nprefect.nothing", "has no counterpart of it"),
        ("raise SystemExit(3)", ""),
    ],
)
def test_what_pacc_does_not_have_is_named(processes, source, said):
    script = processes.script(source)
    ended = processes.finish(processes.start(sys.executable, "-m", "pacc.as_prefect", script))
    assert ended.code == (3 if not said else 1)
    assert said in ended.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "usage"),
        (["--help"], 0, "usage"),
        (["-m"], 2, "usage"),
        (["nowhere.py"], 1, "no script"),
        (["-m", "no.where"], 1, "no module"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(processes, words, code, said):
    ended = processes.finish(processes.start(sys.executable, "-m", "pacc.as_prefect", *words))
    assert (ended.code, said in ended.stderr) == (code, True), ended.output
    assert "Traceback" not in ended.output


def test_names_are_translated_and_only_prefects():
    assert pacc_module("prefect") == "pacc"
    assert pacc_module("prefectural.office") is None
    assert all(pacc_module(name) == target for name, target in INTEGRATIONS.items())
    assert pacc_name("PREFECT_HOME") == "PACC_HOME"
