"""G9: no run stays open after its process has gone, however it went, and the reason is kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

SOAK = [pytest.mark.soak, pytest.mark.timeout(3600)]

SCRIPT = """
import ctypes, os, resource, signal, sys, threading, time
from pacc import flow, task

@task
def work():
{work}

@flow
def doomed():
    work()

doomed()
"""


def script(work):
    return SCRIPT.format(work="\n".join(f"    {line}" for line in work.splitlines()))


ABORTED = "Execution was aborted by "
KILLED = "ended without a word"
LIMIT = "resource.setrlimit(resource.RLIMIT_AS, (2**29, 2**29))"

ENDINGS = {
    "kill -9": ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, "Crashed", KILLED),
    "SIGTERM": (
        "os.kill(os.getpid(), signal.SIGTERM)",
        -signal.SIGTERM,
        "Crashed",
        f"{ABORTED}a termination",
    ),
    "SIGINT": ("os.kill(os.getpid(), signal.SIGINT)", -signal.SIGINT, "Crashed", f"{ABORTED}an interrupt"),
    "SIGHUP": ("os.kill(os.getpid(), signal.SIGHUP)", -signal.SIGHUP, "Crashed", KILLED),
    "sys.exit": ("sys.exit(7)", 7, "Crashed", f"{ABORTED}Python system exit"),
    "uncaught": ("raise ValueError('no')", 1, "Failed", "ValueError: no"),
    "os._exit": ("os._exit(5)", 5, "Crashed", KILLED),
    "segfault": ("ctypes.string_at(0)", -signal.SIGSEGV, "Crashed", KILLED),
    "abort": ("os.abort()", -signal.SIGABRT, "Crashed", KILLED),
    "exec": ("os.execv('/bin/true', ['true'])", 0, "Crashed", KILLED),
    "out of memory": (f"{LIMIT}\nbytearray(2**30)", 1, "Failed", "MemoryError"),
    "deep recursion": ("work.fn()", 1, "Failed", "RecursionError"),
    "generator exit": ("raise GeneratorExit", 1, "Crashed", "GeneratorExit"),
}


@pytest.fixture
def ended(processes):
    """Run scripts at the same time, as each takes a while to load, and return how each ended."""

    def run(works):
        started = {
            name: processes.start(sys.executable, processes.script(script(work)))
            for name, work in works.items()
        }
        return {name: (process.pid, processes.finish(process)) for name, process in started.items()}

    return run


def test_every_kind_of_end_is_told_by_the_next_command(ended, pacc_process, pacc_home, checking):
    codes = ended({name: ending[0] for name, ending in ENDINGS.items()})
    listed = pacc_process("flow-run", "ls", "-o", "json", "--limit", "50")
    assert listed.code == 0, listed.output
    assert len(json.loads(listed.stdout)) == len(ENDINGS)
    runs = {json.loads(row["process"])["pid"]: row for row in checking.rows(pacc_home, "flow_run")}
    wrong = []
    for name, (_, code, state, reason) in ENDINGS.items():
        pid, finished = codes[name]
        row = runs[pid]
        if finished.code != code:
            wrong.append(f"{name}: exit code {finished.code}, not {code}\n{finished.stderr}")
        if row["state_name"] != state or reason not in row["state_message"]:
            wrong.append(f"{name}: {row['state_name']}, {row['state_message']}")
        if reason == KILLED and f"Process {pid} (" not in row["state_message"]:
            wrong.append(f"{name}: {row['state_message']} names no process")
    assert not wrong, "\n".join(wrong)
    assert checking.open_runs(pacc_home) == []
    assert checking.faults(pacc_home) == []


@pytest.mark.parametrize("count", [10, pytest.param(1000, marks=SOAK)])
def test_scripts_killed_while_another_flow_runs_are_found_within_five_seconds(run_program, tmp_path, count):
    run_program("dead_scripts.py", tmp_path / "home", count, 20261121, timeout=30 + count)


CHILD = """
import os, signal, subprocess, sys, time
from pacc import flow, task

@task
def work(ready):
    os.write(ready, b"x")
    time.sleep(60)

@flow
def parent():
    waiting, ready = os.pipe()
    pid = os.fork()
    if pid == 0:
        work(ready)
    os.read(waiting, 1)
    time.sleep(0.2)  # the journal writes the task run meanwhile
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    subprocess.run([sys.executable, "-m", "pacc", "flow-run", "ls"], check=True, stdout=subprocess.DEVNULL)
    return pid

print(parent())
"""


def test_a_forked_child_that_was_killed_leaves_its_task_run_crashed_and_the_flow_alone(
    run_python, pacc_home, checking
):
    finished = run_python(CHILD)
    assert finished.code == 0, finished.stderr
    (run,) = checking.rows(pacc_home, "flow_run")
    (work,) = checking.rows(pacc_home, "task_run")
    assert run["state_name"] == "Completed"
    assert work["state_name"] == "Crashed"
    assert f"Process {finished.stdout.strip()} (" in work["state_message"]
    assert checking.faults(pacc_home) == []


def test_a_task_run_whose_flow_run_has_ended_does_not_stay_open(
    run_python, pacc_process, pacc_home, checking
):
    finished = run_python("""
import os, signal, threading, time
from contextvars import copy_context
from pacc import flow, task

@task
def work(started):
    started.set()
    time.sleep(60)

@flow
def quick():
    started = threading.Event()
    threading.Thread(target=copy_context().run, args=(work, started), daemon=True).start()
    started.wait()

quick()
time.sleep(0.2)
os.kill(os.getpid(), signal.SIGKILL)
""")
    assert finished.code == -signal.SIGKILL
    assert pacc_process("flow-run", "ls").code == 0
    assert [run["state_name"] for run in checking.rows(pacc_home, "flow_run")] == ["Completed"]
    assert [run["state_name"] for run in checking.rows(pacc_home, "task_run")] == ["Crashed"]
    assert checking.faults(pacc_home) == []


def test_what_processes_leave_that_are_killed_between_two_runs_is_tidied_away(
    processes, pacc_process, pacc_home, checking
):
    script = processes.script(
        "import os, sys\nfrom pacc import flow\n@flow\ndef quick(): pass\nquick()\n"
        "print('ready', flush=True)\nsys.stdin.read()\nos.kill(os.getpid(), 9)"
    )
    living = processes.start(sys.executable, script, stdin=subprocess.PIPE)
    living.stdout.readline()
    dead = [processes.start(sys.executable, script) for _ in range(3)]
    for process in dead:
        processes.finish(process)
    left = list((pacc_home / "sessions").iterdir())
    assert len(left) == 4
    assert pacc_process("flow-run", "ls").code == 0
    assert len(list((pacc_home / "sessions").iterdir())) == 4  # too young to be sure
    for file in left:
        os.utime(file, (1, 1))
    assert pacc_process("flow-run", "ls").code == 0
    (kept,) = (pacc_home / "sessions").iterdir()
    assert json.loads(kept.read_text())["pid"] == living.pid
    living.stdin.close()
    assert checking.open_runs(pacc_home) == []


def test_a_task_run_that_no_flow_run_holds_is_found_dead_as_well(
    run_python, pacc_process, pacc_home, checking
):
    finished = run_python("""
import os, time
from pacc import task

@task
def alone():
    time.sleep(0.2)  # the journal writes that it runs
    os.kill(os.getpid(), 9)

alone()
""")
    assert finished.code == -signal.SIGKILL
    assert pacc_process("task-run", "ls").code == 0
    (run,) = checking.rows(pacc_home, "task_run")
    assert run["state_name"] == "Crashed"
    assert "ended without a word" in run["state_message"]
