"""`serve`: a program keeps its flows' schedules and executes their runs until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import sys

import pytest

from pacc import flow, serve
from pacc.cli.root import main
from pacc.deployments import run_deployment
from pacc.exceptions import InvalidDeploymentError
from pacc.flows import aserve
from pacc.services import deployments

WEATHER = """
from pacc import flow, task

@task
def fetch(lat):
    return 2 * lat

@flow(log_prints=True)
def fetch_weather(lat: float = 38.9):
    print("temperature", fetch(lat))

if __name__ == "__main__":
    fetch_weather.serve(name="deploy-1", cron="0 0 1 1 *")
"""


@pytest.fixture
def weather(tmp_path):
    (tmp_path / "weather.py").write_text(WEATHER)
    return tmp_path / "weather.py"


@pytest.fixture
def serving(processes, runs, weather):
    """Start the program and wait until it takes runs."""

    def start(*words):
        process = processes.start(sys.executable, *(words or (weather,)))
        runs.eventually(lambda: deployments.select(runs.recorded.store))
        runs.eventually(lambda: deployed(runs).status == "READY")
        return process

    return start


def deployed(runs):
    return deployments.read_by_name(runs.recorded.store, "fetch-weather/deploy-1")


def stop(processes, process):
    process.send_signal(signal.SIGINT)
    finished = processes.finish(process)
    assert finished.code == 0, finished.output
    return finished


def test_a_program_that_serves_executes_runs_and_pauses_its_schedules_when_it_stops(runs, processes, serving):
    process = serving()
    run = run_deployment("fetch-weather/deploy-1", parameters={"lat": 4}, timeout=10, poll_interval=0.05)
    assert run.state_name == "Completed"
    assert "temperature 8.0" in runs.lines(str(run.id))
    finished = stop(processes, process)
    assert "pacc deployment run fetch-weather/deploy-1" in finished.stdout
    assert deployed(runs).paused
    assert deployed(runs).status == "NOT_READY"
    process = serving()
    assert not deployed(runs).paused
    deployments.pause(runs.recorded.store, deployed(runs).id)
    stop(processes, process)
    process = serving()
    assert deployed(runs).paused, "what a person has paused stays so"
    stop(processes, process)


def test_of_two_programs_that_serve_one_deployment_the_last_to_stop_pauses_its_schedules(
    runs, processes, serving
):
    store = runs.recorded.store
    first, second = serving(), serving()
    runs.eventually(lambda: len(store.read("deployments.serving")) == 2)
    stop(processes, first)
    assert (deployed(runs).paused, deployed(runs).status) == (False, "READY")
    stop(processes, second)
    assert (deployed(runs).paused, deployed(runs).status) == (True, "NOT_READY")


def test_the_command_serves_a_flow_of_a_file(runs, processes, serving, weather):
    words = [
        "-m",
        "pacc",
        "flow",
        "serve",
        f"{weather}:fetch_weather",
        "-n",
        "deploy-1",
        "--interval",
        "3600",
    ]
    process = serving(*words, "--tag", "hourly", "--global-limit", "2", "--no-pause-on-shutdown", "--no-warm")
    found = deployed(runs)
    assert (found.tags, found.concurrency_limit) == (["hourly"], 2)
    assert found.schedules[0].schedule.interval.total_seconds() == 3600
    stop(processes, process)
    assert not deployed(runs).paused


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--cron", "nope"], "is no cron schedule"),
        (["--cron", "* * * * *", "--rrule", "FREQ=DAILY"], "--cron and --rrule exclude each other"),
        (["--anchor-date", "2026-01-01"], "--anchor-date goes with --interval"),
        (["--timezone", "Europe/Kyiv"], "--timezone goes with --cron, --interval or --rrule"),
        (["--cron", "* * * * *", "--timezone", "Europe/Atlantis"], "Europe/Atlantis"),
        (["--limit", "0"], "--limit"),
    ],
)
def test_what_cannot_be_served_is_refused_in_a_sentence(weather, capsys, words, said):
    assert main(["flow", "serve", f"{weather}:fetch_weather", "-n", "deploy-1", *words]) in (1, 2)
    heard = capsys.readouterr().err
    assert said in heard
    assert "Traceback" not in heard


@pytest.mark.parametrize("entrypoint", ["no_such_file.py:main", "{weather}:nothing", "{weather}:fetch"])
def test_a_flow_that_is_not_there_is_refused_in_a_sentence(weather, capsys, entrypoint):
    assert main(["flow", "serve", entrypoint.format(weather=weather), "-n", "x"]) == 1
    assert capsys.readouterr().err.startswith("Error: ")


def test_there_must_be_something_to_serve_and_no_event_loop():
    with pytest.raises(InvalidDeploymentError, match="nothing to serve"):
        serve()

    async def inside():
        serve()

    with pytest.raises(RuntimeError, match="await aserve"):
        asyncio.run(inside())
    with pytest.raises(InvalidDeploymentError, match="nothing to serve"):
        asyncio.run(aserve())


def test_serving_goes_on_in_an_event_loop_until_it_is_cancelled(runs, weather, monkeypatch):
    from pacc.flows import load_flow_from_entrypoint

    served = load_flow_from_entrypoint(f"{weather}:fetch_weather")

    async def both():
        deployment = await served.ato_deployment("deploy-1")
        serving = asyncio.create_task(aserve(deployment, print_starting_message=False))
        while not deployments.select(runs.recorded.store):  # noqa: ASYNC110 - it is in the store
            await asyncio.sleep(0.01)
        run = await run_deployment("fetch-weather/deploy-1", timeout=10, poll_interval=0.05)
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
        return run

    assert asyncio.run(both()).state_name == "Completed"


def test_a_program_without_a_guard_is_told_what_to_do(runs, tmp_path):
    (tmp_path / "unguarded.py").write_text(WEATHER.replace('if __name__ == "__main__":', "if True:"))
    run_id = runs.made("fetch-weather", entrypoint=f"{tmp_path}/unguarded.py:fetch_weather")
    runs.begin(run_id, "--quiet", wait=True)
    assert "`serve` was called while a run's code was being loaded" in runs.run(run_id).state.message


def test_a_flow_in_no_file_cannot_be_served():
    with pytest.raises(InvalidDeploymentError, match="is in no file"):
        flow(eval("lambda: None", {"__name__": "x"})).serve("x")
