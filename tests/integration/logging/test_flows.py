"""Logging of real flows in real processes."""

from __future__ import annotations

import json
import re

import pytest

WEATHER = """
from pacc import flow, get_run_logger, task

@task
def fetch_weather(lat):
    print("Forecasted temp C:", 10.4, "degrees")
    return 10.4

@flow(log_prints=True)
def pipeline(lat=38.9):
    temp = fetch_weather(lat)
    print("Successfully wrote temp")
    get_run_logger().debug("hidden")

if __name__ == "__main__":
    pipeline()
"""

TIME = r"\d\d:\d\d:\d\d\.\d\d\d"


def log_of_the_run(home):
    """The lines of the one log file, newest flow included."""
    (path,) = (home / "logs").glob("*.jsonl")
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def as_in_the_course(text):
    """The text with the times and random names of the course's slide."""
    for pattern, instead in [
        (TIME, "08:28:57.855"),
        (r"fetch_weather-[0-9a-f]{3}'", "fetch_weather-817'"),
        (r"((?:F|f)low run) '[a-z]+-[a-z]+'", r"\1 'noisy-raccoon'"),
    ]:
        text = re.sub(pattern, instead, text)
    return text


def test_a_script_logs_in_the_courses_form(run_python, pacc_home):
    finished = run_python(WEATHER)
    assert (finished.code, finished.stdout) == (0, ""), finished.stderr
    assert as_in_the_course(finished.stderr) == (
        "08:28:57.855 | INFO    | pacc.engine - Created flow run 'noisy-raccoon' for flow 'pipeline'\n"
        "08:28:57.855 | INFO    | Task run 'fetch_weather-817' - Forecasted temp C: 10.4 degrees\n"
        "08:28:57.855 | INFO    | Task run 'fetch_weather-817' - Finished in state Completed()\n"
        "08:28:57.855 | INFO    | Flow run 'noisy-raccoon' - Successfully wrote temp\n"
        "08:28:57.855 | INFO    | Flow run 'noisy-raccoon' - Finished in state Completed()\n"
    )
    assert [line["message"] for line in log_of_the_run(pacc_home)] == [
        "Forecasted temp C: 10.4 degrees",
        "Finished in state Completed()",
        "Successfully wrote temp",
        "Finished in state Completed()",
    ]


def test_importing_and_running_leave_the_root_logger_alone(run_python):
    finished = run_python("""
import logging
root = logging.getLogger()
as_it_was = (root.level, root.handlers, root.filters, root.disabled, logging.lastResort, logging.raiseExceptions)
import pacc
from pacc import flow
assert logging.getLogger("pacc").handlers == [], "importing configures nothing"

@flow
def pipeline():
    logging.getLogger("mine").warning("by the standard library's last resort")

pipeline()
assert (root.level, root.handlers, root.filters, root.disabled, logging.lastResort, logging.raiseExceptions) == as_it_was
assert root.handlers == []
""")
    assert finished.code == 0, finished.stderr
    assert "by the standard library's last resort\n" in finished.stderr


def test_a_users_own_logging_shows_no_line_of_ours_twice(run_python):
    finished = run_python("""
import logging
logging.basicConfig(format="mine: %(message)s", level=logging.DEBUG)
from pacc import flow, get_run_logger

@flow
def pipeline():
    get_run_logger().info("from the run")
    logging.getLogger("mine").info("from elsewhere")

pipeline()
""")
    assert finished.stderr.count("from the run") == 1
    assert "mine: from elsewhere\n" in finished.stderr


def test_a_nested_flow_has_a_log_of_its_own(run_python, pacc_home):
    finished = run_python("""
from pacc import flow
@flow(log_prints=True)
def inner():
    print("inner")
@flow(log_prints=True)
def outer():
    print("outer")
    inner()
outer()
""")
    assert finished.code == 0, finished.stderr
    logs = sorted(path.read_text().count("\n") for path in (pacc_home / "logs").glob("*.jsonl"))
    assert logs == [2, 2]


def test_a_forked_child_goes_on_in_its_parents_log(run_python, pacc_home):
    finished = run_python("""
import os
from pacc import flow, get_run_logger
@flow
def pipeline():
    get_run_logger().info("parent")
    child = os.fork()
    if child == 0:
        get_run_logger().info("child")
        os._exit(0)
    os.waitpid(child, 0)
    get_run_logger().info("parent again")
pipeline()
""")
    assert finished.code == 0, finished.stderr
    assert [line["message"] for line in log_of_the_run(pacc_home)][:3] == ["parent", "child", "parent again"]


def test_a_full_disk_loses_lines_but_not_the_run(run_python, pacc_home):
    finished = run_python(
        """
import resource
from pacc import flow, get_run_logger
@flow
def pipeline():
    logger = get_run_logger()
    logger.info("before", extra={"send_to_api": True})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, hard))
    for number in range(100):
        logger.info("x" * 100)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    logger.info("after")
pipeline()
""",
        env={"PACC_LOGGING_LEVEL": "INFO"},
    )
    assert finished.code == 0, finished.stderr
    assert finished.stderr.count("cannot be written (") == 1
    (path,) = (pacc_home / "logs").glob("*.jsonl")
    lines = [line for line in path.read_bytes().split(b"\n") if line]
    whole = [json.loads(line) for line in lines if line.endswith(b"}")]
    assert len(lines) - len(whole) <= 2, "at most a line and a note that the disk cut"
    messages = [line["message"] for line in whole]
    lost = next(message for message in messages if "are missing here" in message)
    assert messages.count("x" * 100) + int(lost.split()[0]) == 100
    assert messages[-2:] == ["after", "Finished in state Completed()"]


@pytest.mark.parametrize("command", ["{python} {script} 2>&-", "{python} {script} 2>&1 | true"])
def test_a_console_that_is_gone_does_not_end_the_run(processes, pacc_home, command):
    import sys

    script = processes.script(WEATHER + "    print('done', file=open('done.txt', 'w'))\n")
    line = command.format(python=sys.executable, script=script)
    processes.finish(processes.start("bash", "-c", line))
    assert (processes.folder / "done.txt").read_text() == "done\n"
    assert len(log_of_the_run(pacc_home)) == 4


def test_a_broken_logging_yml_is_one_sentence_before_anything_runs(run_python, pacc_home):
    pacc_home.mkdir()
    (pacc_home / "logging.yml").write_text("handlers: [")
    finished = run_python(WEATHER)
    assert finished.code == 1
    said = finished.stderr.splitlines()[-2:]  # the sentence, and what to do
    assert f"{pacc_home}/logging.yml cannot configure logging: it is not YAML" in "".join(said)


def test_levels_and_extra_loggers_come_from_the_environment(run_python, pacc_home):
    finished = run_python(
        """
import logging
from pacc import flow, get_run_logger
@flow
def pipeline():
    get_run_logger().debug("details")
    logging.getLogger("weatherlib.http").info("GET /v1/forecast")
pipeline()
""",
        env={"PACC_LOGGING_LEVEL": "DEBUG", "PACC_LOGGING_EXTRA_LOGGERS": "weatherlib"},
    )
    assert re.search(rf"{TIME} \| DEBUG   \| Flow run '.*' - details", finished.stderr)
    assert re.search(rf"{TIME} \| INFO    \| weatherlib.http - GET /v1/forecast", finished.stderr)
    loggers = [line["logger"] for line in log_of_the_run(pacc_home)]
    assert loggers.count("weatherlib.http") == 1
