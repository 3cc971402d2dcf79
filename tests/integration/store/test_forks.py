"""A child never inherits a connection, and neither side loses a row."""

from __future__ import annotations

import pytest

FORKS = """
import os, sys, threading, time
from pathlib import Path
sys.path.insert(0, {programs!r})
import rows
from pacc.store import open_store

home = Path(sys.argv[1])
store = open_store(home)
store.write("flows.upsert", rows.FLOW)

def fork(work):
    pid = os.fork()
    if pid == 0:
        work()
        {leave}
    return pid

def wait(pid):
    assert os.waitpid(pid, 0)[1] == 0

def count(table):
    return store.read_sql(f"SELECT count(*) FROM {{table}}")[0][0]

def open_files():
    return [os.readlink(f"/proc/self/fd/{{fd}}") for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{{fd}}")]
"""
PROGRAMS = str(__import__("pathlib").Path(__file__).parent / "programs")


@pytest.fixture(params=["os._exit(0)", "sys.exit(0)"], ids=["child leaves at once", "child shuts down"])
def run_forking(request, run_python, tmp_path):
    def run(body):
        script = FORKS.format(programs=PROGRAMS, leave=request.param) + body
        script_path = tmp_path / "forking.py"
        script_path.write_text(script)
        finished = run_python(script_path, tmp_path / "home", timeout=60)
        assert finished.code == 0, finished.output
        return finished.stdout.split()

    return run


def test_parent_and_child_write_and_all_rows_survive(run_forking):
    said = run_forking("""
def work():
    for n in range(20):
        store.write("flow_runs.insert", rows.flow_run(f"child {os.getpid()} {n}"))
for n in range(5):
    pid = fork(work)
    for m in range(20):
        store.write("flow_runs.insert", rows.flow_run(f"parent {n} {m}"))
    wait(pid)
print(count("flow_run"), store.read_sql("PRAGMA integrity_check")[0][0])
""")
    assert said == ["200", "ok"]


def test_a_child_goes_on_writing_after_its_parent_is_gone(run_forking, tmp_path, new_store):
    run_forking("""
def work():
    store.write("flow_runs.insert", rows.flow_run("early"))
    os.read(reader, 1)
    store.write("flow_runs.insert", rows.flow_run("late"))
    store.close()
reader, writer = os.pipe()
pid = fork(work)
time.sleep(0.1)
store.close()   # as the end of the parent would
os.write(writer, b"x")
wait(pid)
""")
    found = {row["id"] for row in new_store().read_sql("SELECT id FROM flow_run")}
    assert found == {"early", "late"}


def test_pending_rows_are_written_by_the_parent_once(run_forking):
    said = run_forking("""
def work():
    assert not store.journal._pending
    store.journal.flush()
    rows.put_task_run(store, "child's")
    store.journal.flush()
rows.put_task_run(store, "parent's", 3)
wait(fork(work))
store.journal.flush()
print(count("task_run"), store.journal.refused)
""")
    assert said == ["2", "0"]


def test_a_child_inherits_no_open_database(run_forking):
    said = run_forking("""
def work():
    assert not [file for file in open_files() if file.endswith((".db", "-wal", "-shm"))], open_files()
store.read_sql("SELECT 1")
store.data_version()
wait(fork(work))
print(count("flow"))
""")
    assert said == ["1"]


def test_threads_that_read_and_write_meanwhile_do_not_disturb_a_fork(run_forking):
    said = run_forking("""
stop = threading.Event()
counts = [0, 0]
def write(place):
    while not stop.is_set():
        store.write("flow_runs.insert", rows.flow_run(f"thread {place} {counts[place]}"))
        store.read_sql("SELECT count(*) FROM flow_run")
        counts[place] += 1
threads = [threading.Thread(target=write, args=(place,)) for place in range(2)]
[thread.start() for thread in threads]
def work():
    store.write("flow_runs.insert", rows.flow_run(f"child {os.getpid()}"))
for _ in range(10):
    wait(fork(work))
stop.set()
[thread.join() for thread in threads]
print(count("flow_run") - sum(counts))
""")
    assert said == ["10"]


def test_a_change_is_noticed_across_a_fork(run_forking):
    run_forking("""
before = store.data_version()
wait(fork(lambda: store.write("flow_runs.insert", rows.flow_run("a"))))
assert store.data_version() != before
""")


def test_a_child_forked_inside_a_transaction_refuses_and_harms_nothing(run_forking):
    said = run_forking("""
from pacc.exceptions import StoreError
def work():
    for use in (store.data_version, lambda: store.read_sql("SELECT 1"), lambda: store.write("flows.upsert", rows.FLOW)):
        try:
            use()
        except StoreError as error:
            assert "forked in the middle" in str(error)
        else:
            os._exit(1)
pids = []
with store.transaction() as tx:
    tx.run("flow_runs.insert", rows.flow_run("a"))
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
wait(pid)
store.write("flow_runs.insert", rows.flow_run("b"))
print(count("flow_run"), store.read_sql("PRAGMA integrity_check")[0][0])
""")
    assert said == ["2", "ok"]


def test_the_gate_is_not_kept_by_a_child(run_forking):
    run_forking("""
reader, writer = os.pipe()
pid = fork(lambda: os.read(reader, 1))
start = time.monotonic()
store.write("flow_runs.insert", rows.flow_run("a"))
assert time.monotonic() - start < 20
os.write(writer, b"x")
wait(pid)
""")
