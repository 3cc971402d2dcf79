"""What interrupts a run from outside: recorded as a crash with its reason, and the process ends as it would have."""

from __future__ import annotations

import signal
import sys
import time

import pytest

WAITING = """
import {module}, sys, time
from pacc import flow, task

@task
{prefix}def wait():
    print("ready", flush=True)
    {pause}(60)

def hook(flow, flow_run, state):
    print("hook saw", flow_run.name == flow_run.name, state.name, flush=True)

@flow(on_crashed=[hook])
{prefix}def pipeline():
    {prefix_await}wait()

{call}
"""

SYNC = {"module": "os", "prefix": "", "pause": "time.sleep", "prefix_await": "", "call": "pipeline()"}
ASYNC = {
    "module": "asyncio",
    "prefix": "async ",
    "pause": "await asyncio.sleep",
    "prefix_await": "await ",
    "call": "asyncio.run(pipeline())",
}
BLOCKED = {**ASYNC, "pause": "time.sleep"}
COLOURS = pytest.mark.parametrize("words", [SYNC, ASYNC, BLOCKED], ids=["sync", "async", "blocked loop"])


def interrupted(processes, source, number):
    """Start a script, wait until its task runs, send it a signal, and return how it ended."""
    process = processes.start(sys.executable, processes.script(source))
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    return processes.finish(process)


@COLOURS
def test_a_termination_signal_crashes_the_run_and_ends_the_process_by_signal(processes, recorded, words):
    finished = interrupted(processes, WAITING.format(**words), signal.SIGTERM)
    assert finished.code == -signal.SIGTERM
    assert finished.stdout == "hook saw True Crashed\n"
    task_run, flow_run = recorded.task_run(), recorded.flow_run()
    assert task_run.state.message == "Execution was aborted by a termination signal."
    assert flow_run.state.message == "Execution was aborted by a termination signal."
    assert flow_run.state_name == task_run.state_name == "Crashed"
    assert task_run.end_time <= flow_run.end_time


@pytest.mark.parametrize("words", [SYNC, ASYNC], ids=["sync", "async"])
def test_ctrl_c_crashes_the_run_and_ends_the_process_by_signal(processes, recorded, words):
    finished = interrupted(processes, WAITING.format(**words), signal.SIGINT)
    assert finished.code == -signal.SIGINT
    assert "KeyboardInterrupt" in finished.stderr
    assert recorded.flow_run().state.message == "Execution was aborted by an interrupt signal."
    assert recorded.task_run().state.message == "Execution was aborted by an interrupt signal."
    assert recorded.history(recorded.flow_run()) == ["Pending", "Running", "Crashed"]


@pytest.mark.parametrize("words", [SYNC, ASYNC], ids=["sync", "async"])
@pytest.mark.parametrize("code", [0, 3])
def test_leaving_the_interpreter_crashes_the_run_and_keeps_the_exit_code(run_python, recorded, words, code):
    source = WAITING.replace("{pause}(60)", f"sys.exit({code})").format(**words)
    assert run_python(source).code == code
    assert recorded.flow_run().state.message == "Execution was aborted by Python system exit call."
    assert recorded.task_run().state_name == "Crashed"


@pytest.mark.parametrize("words", [SYNC, ASYNC], ids=["sync", "async"])
def test_an_uncaught_error_fails_the_run_and_the_process(run_python, recorded, words):
    source = WAITING.replace("{pause}(60)", "raise ValueError('no such city')").format(**words)
    finished = run_python(source)
    assert finished.code == 1
    assert finished.stderr.rstrip().endswith("ValueError: no such city")
    assert finished.stdout == "ready\n"
    assert recorded.flow_run().state_name == recorded.task_run().state_name == "Failed"


def test_a_program_with_its_own_termination_handler_keeps_it(processes, recorded):
    own = "import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
    finished = interrupted(processes, own + WAITING.format(**SYNC), signal.SIGTERM)
    assert finished.code == 7
    assert recorded.flow_run().state.message == "Execution was aborted by Python system exit call."


def test_handlers_are_back_after_a_run(run_python):
    finished = run_python(
        "import signal\nfrom pacc import flow\n"
        "before = [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM)]\n"
        "@flow(timeout_seconds=5)\ndef pipeline(): ...\n@flow\nasync def other(): ...\n"
        "pipeline()\nimport asyncio; asyncio.run(other())\n"
        "print(before == [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM)])"
    )
    assert finished.stdout == "True\n", finished.stderr


def test_a_signal_that_only_the_engine_hears_is_recorded_too(processes, recorded):
    source = "import time\nfrom pacc import flow\n@flow(retries=1, retry_delay_seconds=60)\ndef pipeline():\n"
    process = processes.start(sys.executable, processes.script(source + "    1 / 0\npipeline()"))
    while not recorded.flow_runs() or recorded.flow_run().state_name != "AwaitingRetry":
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert processes.finish(process).code == -signal.SIGTERM
    assert recorded.history(recorded.flow_run()) == ["Pending", "Running", "AwaitingRetry", "Crashed"]


@pytest.mark.parametrize("words", [SYNC, ASYNC], ids=["sync", "async"])
def test_another_base_exception_crashes_with_its_text(run_python, recorded, words):
    source = "class Odd(BaseException): ...\n" + WAITING.replace("{pause}(60)", "raise Odd('text')")
    assert run_python(source.format(**words)).code == 1
    assert recorded.flow_run().state.message == (
        "Execution was interrupted by an unexpected exception: Odd: text"
    )
