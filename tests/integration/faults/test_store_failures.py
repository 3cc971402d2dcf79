"""G6, G24: a store that fails while flows run is told to whoever asked for the work, loses nothing, and works once it is repaired."""

from __future__ import annotations

import logging
import random
import re
import sys

import pytest
from waiting import wait_until

from pacc.exceptions import StoreBusy, StoreError
from pacc.loops.housekeeper import Housekeeper
from pacc.loops.loop import Loop
from pacc.loops.reaper import tick as reap
from pacc.store import open_store

SOAK = [pytest.mark.soak, pytest.mark.timeout(3600)]
QUIET = {"PACC_LOGGING_LOGGERS_PACC_HANDLERS": ""}


@pytest.mark.parametrize("step", [97, pytest.param(4, marks=SOAK)])
def test_a_disk_full_at_any_write_is_said_and_loses_nothing(run_program, tmp_path, step):
    said = run_program("full_disk.py", tmp_path / "disks", step, timeout=600, env=QUIET)
    assert int(re.search(r"(\d+) refusals", said)[1]) >= 250 // step


PREPARED = """
import os, resource, signal, sys, time
from pathlib import Path
from pacc import flow, task
from pacc.exceptions import StoreError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
HOME = Path(os.environ["PACC_HOME"])

def room(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

@task
def work(number):
    return number
"""

FULL_FOR_A_WHILE = f"""{PREPARED}
@flow
def patient():
    work(0)
    room(0)
    refused = None
    while refused is None:
        try:
            work(1)
        except StoreError as error:
            refused = error
    print(refused, file=sys.stderr)
    room(resource.RLIM_INFINITY)
    for _ in range(200):
        try:
            return work(2)
        except StoreError:  # the journal tries again within a second
            time.sleep(0.05)

sys.exit(patient() != 2)
"""


def test_a_flow_that_waits_for_room_completes_and_everything_is_recorded(run_python, pacc_home, checking):
    finished = run_python(FULL_FOR_A_WHILE)
    assert finished.code == 0, finished.output
    assert "nothing committed is lost" in finished.stderr or "refused to write" in finished.stderr
    assert [row["state_name"] for row in checking.rows(pacc_home, "flow_run")] == ["Completed"]
    tasks = checking.rows(pacc_home, "task_run")
    assert [row["state_name"] for row in tasks][:: len(tasks) - 1] == ["Completed", "Completed"]
    refused = [row["state_message"] for row in tasks if row["state_name"] != "Completed"]
    assert all(f"{pacc_home / 'pacc.db'}" in message for message in refused)  # each says why it was not run
    assert checking.faults(pacc_home) == []


FULL_AT_ONE_TRANSITION = f"""{PREPARED}
@flow
def unlucky():
    work(0)
    time.sleep(0.2)  # nothing is left for the journal to do
    room(0)
    return 1

try:
    unlucky()
except StoreError as error:
    room(resource.RLIM_INFINITY)
    print(error, error.hint, sep=chr(10))

@flow
def again():
    return work(1)

sys.exit(again() != 1)
"""


def test_a_process_that_goes_on_after_a_full_disk_runs_its_next_flow(
    run_python, pacc_process, pacc_home, checking
):
    finished = run_python(FULL_AT_ONE_TRANSITION)
    assert finished.code == 0, finished.output
    sentence, hint = finished.stdout.splitlines()
    assert str(pacc_home) in sentence
    assert "try again" in hint
    assert pacc_process("flow-run", "ls").code == 0
    states = {row["state_name"] for row in checking.rows(pacc_home, "flow_run")}
    assert states == {"Crashed", "Completed"}
    assert checking.faults(pacc_home) == []


DAMAGED = f"""{PREPARED}
@flow
def doomed():
    work(0)
    time.sleep(0.2)
    size = (HOME / "pacc.db").stat().st_size
    for name in ("pacc.db", "pacc.db-wal"):
        with (HOME / name).open("r+b") as file:
            file.write(os.urandom(max(size, 100_000)))
    for number in range(10_000):
        work(number)

doomed()
"""


def test_a_store_damaged_under_a_running_flow_is_said_in_one_sentence(run_python, pacc_home):
    finished = run_python(DAMAGED)
    assert finished.code == 1
    said = [line for line in finished.stderr.splitlines() if line.startswith("pacc.exceptions.Store")]
    assert said, finished.stderr
    assert str(pacc_home / "pacc.db") in said[-1]


# -- the loop that keeps house


@pytest.fixture
def keeping():
    """Housekeepers that are stopped when the test ends."""
    made = []

    def make(*args, **kwargs):
        made.append(Housekeeper(*args, **kwargs))
        return made[-1]

    yield make
    for keeper in made:
        keeper.stop()


def script_loop(tick):
    """A loop as processes have it that run flows, at a pace for tests."""
    return Loop(name="reaper", meaning="", tick=tick, every=0.0005, watches=False, elected=False)


@pytest.mark.parametrize("count", [60, pytest.param(10_000, marks=SOAK)])
def test_a_store_that_fails_at_random_neither_stops_nor_silences_the_loop(pacc_home, keeping, caplog, count):
    chance, ticks = random.Random(count), [0, 0]

    def failing(store, now):
        ticks[0] += 1
        if chance.random() < 0.5:
            ticks[1] += 1
            raise chance.choice([StoreBusy(), StoreError(), OSError("I/O error"), ValueError("a mistake")])
        reap(store, now)

    busy = [True]
    keeper = keeping(busy=lambda: busy[0], loops=(script_loop(failing),))
    with caplog.at_level(logging.WARNING, "pacc.housekeeper"):
        keeper.wanted(open_store(pacc_home))
        wait_until(lambda: ticks[0] >= count)
        busy[0] = False
        wait_until(lambda: keeper._thread is None)
    assert keeper.failures == ticks[1] > count // 4
    failures = [record for record in caplog.records if record.name == "pacc.housekeeper"]
    assert len(failures) == keeper.failures
    assert "failed (" in failures[-1].getMessage()


def test_a_loop_that_ended_begins_again_with_the_next_flow(pacc_home, keeping):
    ticks = []
    busy = [False]
    keeper = keeping(busy=lambda: busy[0], loops=(script_loop(lambda store, now: ticks.append(now)),))
    for _ in range(20):
        seen = len(ticks)
        keeper.wanted(open_store(pacc_home))
        wait_until(lambda seen=seen: len(ticks) > seen)
        wait_until(lambda: keeper._thread is None)


def test_a_damaged_session_file_still_gives_a_reason(processes, pacc_process, pacc_home, checking):
    script = processes.script(f"{PREPARED}\n@flow\ndef killed():\n    os.kill(os.getpid(), 9)\nkilled()\n")
    processes.finish(processes.start(sys.executable, script))
    (session,) = (pacc_home / "sessions").iterdir()
    session.write_bytes(b"\xff\xfe{not json")
    assert pacc_process("flow-run", "ls").code == 0
    (run,) = checking.rows(pacc_home, "flow_run")
    assert run["state_name"] == "Crashed"
    assert "ended without a word" in run["state_message"]
