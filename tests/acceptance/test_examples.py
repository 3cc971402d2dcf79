"""Every example runs as it stands, in a fresh interpreter, and leaves what it promises."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError

import pytest

from weather_service import forecast, weather_service

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SCRIPTS = sorted(path.name for path in EXAMPLES.glob("*.py") if path.name != "weather_service.py")
SAYS = {
    "automations_of_the_course.py": "The deployment is paused: True",
    "background_orders.py": "The order of 3 pears is Completed: the parcel weighs 0.6 kg",
    "lesson_101_1_function.py": "Temperature: 12.3 degrees Celsius",
    "lesson_101_2_flow.py": "Temperature: 12.3 degrees Celsius",
    "lesson_101_3_parameters.py": "Reykjavik: ",
    "lesson_101_lab.py": "Wind: ",
    "lesson_101_4_deployments.py": "Forecast: ",
    "lesson_102_1_tasks.py": "Saved the temperature",
    "lesson_102_2_logging.py": "Measured 10.4 degrees",
    "lesson_102_3_runtime.py": "The flow's parameters are {'x': 1}",
    "lesson_102_4_states.py": "perhaps: Cancelled, Nobody answered",
    "lesson_102_5_flow_retries.py": "Answered 200",
    "lesson_102_6_task_retries.py": "condition: 12.3 degrees Celsius",
    "lesson_102_7_nested_flows.py": "Washington is warmer",
    "lesson_102_lab.py": "mm to rain.csv",
    "lesson_103_1_results.py": "The report is {'day': 'monday', 'temperature': 12.3}",
    "lesson_103_2_caching.py": "The second square is Cached because its key is known",
    "lesson_103_3_transactions.py": "After the success there is a file: True",
    "lesson_103_4_artifacts.py": "Progress: 100.0 percent",
    "lesson_104_code_from_git.py": "Hello Ford, this is version 2",
    "lesson_105_run_deployment.py": "Elsewhere they are Completed, Completed, Completed",
    "lesson_106_1_concurrency.py": "1229 primes below 10,000",
    "lesson_106_2_dask.py": "1229 primes below 10,000",
    "notify_on_failure.py": "The chat was told: nightly/",
    "webhook_pauses_work.py": "When the alarm is over it is paused: False",
    "weather.py": "Saved the forecast to weather.csv",
}

NEEDS = {"background_orders.py": ("starlette", "httpx"), "lesson_106_2_dask.py": ("distributed",)}
"""What some need that is not installed everywhere."""


@pytest.fixture
def run_example(run_python, tmp_path):
    return lambda name, *arguments: run_python(EXAMPLES / name, *arguments, cwd=tmp_path, timeout=60)


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_example_says_what_it_promises_and_ends_well(run_example, name):
    for needed in NEEDS.get(name, ()):
        pytest.importorskip(needed)
    ended = run_example(name)
    assert ended.code == 0, ended.output
    assert SAYS[name] in ended.output


def test_the_quality_check_fails_and_the_file_is_gone(run_example):
    said = run_example("lesson_103_3_transactions.py").output
    assert "After the failure there is a file: False" in said
    assert "Rollback hook 'delete_file' finished running successfully" in said
    assert "Finished in state RolledBack(" in said
    assert "ValueError: Not enough data!" in said


def test_cached_runs_log_as_in_the_course(run_example):
    said = run_example("lesson_103_2_caching.py").stderr
    assert said.count("Finished in state Cached(type=COMPLETED)") == 6
    assert said.count("Result is: 50") == said.count("Result is: 75") == 1


def test_the_pipeline_logs_in_the_course_s_form_and_writes_its_file(run_example, tmp_path):
    ended = run_example("weather.py")
    lines = [re.sub(r"^\d\d:\d\d:\d\d\.\d{3}", "TIME", line) for line in ended.stderr.splitlines()]
    assert [re.sub(r"'[a-z_]+-[\w-]+'", "'NAME'", line) for line in lines] == [
        "TIME | INFO    | pacc.engine - Created flow run 'NAME' for flow 'pipeline'",
        "TIME | INFO    | Task run 'NAME' - Forecast: 12.3 degrees Celsius",
        "TIME | INFO    | Task run 'NAME' - Finished in state Completed()",
        "TIME | INFO    | Task run 'NAME' - Finished in state Completed()",
        "TIME | INFO    | Flow run 'NAME' - Saved the forecast to weather.csv",
        "TIME | INFO    | Flow run 'NAME' - Finished in state Completed()",
    ]
    assert (tmp_path / "weather.csv").read_text().split() == ["temperature_2m", "12.3"]


def test_the_pipeline_outlives_a_service_that_fails_twice(run_example, pacc_process):
    with weather_service(failures=2) as address:
        ended = run_example("weather.py", address)
    assert ended.code == 0, ended.output
    runs = json.loads(pacc_process("task-run", "ls", "-o", "json").stdout)
    assert sorted(run["run_count"] for run in runs) == [1, 3]


def test_every_run_of_the_examples_has_ended(run_example, pacc_process):
    for name in ("lesson_102_4_states.py", "lesson_102_7_nested_flows.py"):
        run_example(name)
    runs = json.loads(pacc_process("flow-run", "ls", "-o", "json").stdout)
    names = sorted(run["state"]["name"] for run in runs)
    assert names == ["Cancelled", "Completed", "Completed", "Completed", "Completed", "Completed", "Failed"]


# ------------------------------------------------------------------------------------------- service


def test_the_service_answers_in_the_shape_of_open_meteo():
    with weather_service() as address:
        answer = forecast(address, latitude=38.9, longitude=-77.0, hourly="temperature_2m,rain")
    assert answer["hourly_units"] == {"time": "iso8601", "temperature_2m": "°C", "rain": "mm"}
    assert {len(values) for values in answer["hourly"].values()} == {168}


def test_the_service_answers_the_same_for_the_same_place():
    with weather_service() as one, weather_service() as other:
        query = {"latitude": 54.3, "longitude": 10.1, "hourly": "windspeed_10m"}
        assert forecast(one, **query)["hourly"] == forecast(other, **query)["hourly"]


def test_the_service_fails_as_often_as_it_was_told():
    codes = []
    with weather_service(failures=2) as address:
        for _ in range(3):
            try:
                forecast(address, latitude=1, longitude=2)
                codes.append(200)
            except HTTPError as problem:
                codes.append(problem.code)
                problem.close()
    assert codes == [503, 503, 200]


@pytest.mark.parametrize("query", [{}, {"latitude": "nan", "longitude": 0}, {"latitude": 91, "longitude": 0}])
def test_the_service_refuses_what_makes_no_sense(query):
    with weather_service() as address, pytest.raises(HTTPError) as caught:
        forecast(address, **query)
    assert (caught.value.code, json.load(caught.value)["error"]) == (400, True)


def test_the_service_runs_by_itself_until_ctrl_c(processes):
    service = processes.start(sys.executable, EXAMPLES / "weather_service.py")
    address = service.stdout.readline().strip().partition("=")[2]
    assert forecast(address, latitude=1, longitude=2)["latitude"] == 1
    os.kill(service.pid, 2)
    assert processes.finish(service).code == 0


def test_every_example_is_in_their_readme():
    listed = re.findall(r"^\| `(\w+\.py)`", (EXAMPLES / "README.md").read_text(), flags=re.MULTILINE)
    assert sorted(listed) == SCRIPTS


def test_no_example_leaves_a_file_that_git_would_see(run_example, tmp_path):
    made = {
        name for script in SCRIPTS for name in re.findall(r'"(\w+\.csv)"', (EXAMPLES / script).read_text())
    }
    command = ["git", "-C", str(EXAMPLES.parent), "check-ignore", *made]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode == 128:
        pytest.skip("not a checkout")
    assert set(answer.stdout.split()) == made
