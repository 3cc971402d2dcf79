"""G5: a process stopped in the middle of a write cannot freeze the others silently."""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest

from pacc.exceptions import StoreBusy

STOPS_INSIDE = """
import os, signal, sys
from pathlib import Path
from pacc.store import open_store
store = open_store(Path(sys.argv[1]))
with store.transaction() as tx:
    {inside}
    print("inside", flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
"""


@pytest.fixture
def stopped(processes, store):
    """Start a process that stops itself inside a transaction, and wait until it has."""

    def start(inside="pass"):
        script = processes.script(STOPS_INSIDE.format(inside=inside))
        process = processes.start(sys.executable, script, store.home)
        assert process.stdout.readline() == "inside\n"
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
        return process

    return start


def test_reads_go_on_the_error_names_the_process_and_writes_go_on_once_it_is_gone(stopped, new_store, rows):
    process = stopped()
    store = new_store(queue_seconds=0.1, busy_seconds=0.5)
    assert store.read_sql("SELECT name FROM flow")[0][0] == "etl"
    with pytest.raises(StoreBusy, match=rf"process {process.pid} \(.*script_1\.py") as caught:
        store.write("flow_runs.insert", rows.flow_run("a"))
    assert "Resume or end that process" in caught.value.hint
    process.send_signal(signal.SIGKILL)
    start = time.monotonic()
    store.write("flow_runs.insert", rows.flow_run("a"))
    assert time.monotonic() - start < 20


def test_the_journal_keeps_its_rows_meanwhile(stopped, new_store, rows):
    process = stopped()
    store = new_store(queue_seconds=0.1, busy_seconds=0.3)
    rows.put_task_run(store, "a")
    with pytest.raises(StoreBusy):
        store.journal.flush()
    process.send_signal(signal.SIGKILL)
    store.journal.flush()
    assert store.read_sql("SELECT id FROM task_run")[0]["id"] == "a"


def test_one_that_stopped_at_the_gate_without_a_lock_stops_nobody(stopped, new_store, rows):
    stopped("tx._connection.execute('ROLLBACK')")
    store = new_store(queue_seconds=0.1, busy_seconds=5.0)
    store.write("flow_runs.insert", rows.flow_run("a"))


def test_one_that_goes_on_commits_what_it_began(stopped, new_store, rows):
    process = stopped(
        "tx.run('flows.upsert', {'id': 'f2', 'name': 'x', 'created': 1, 'updated': 1, 'tags': '', 'labels': ''})"
    )
    process.send_signal(signal.SIGCONT)
    assert process.wait(10) == 0
    assert new_store().read_sql("SELECT count(*) FROM flow")[0][0] == 2
