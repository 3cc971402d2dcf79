"""The door: one store per home, states guarded in SQL, and a home of one's own."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading

import pytest

from pacc.exceptions import StoreConflict, StoreError
from pacc.store import open_store


def test_a_home_has_one_store_in_a_process(tmp_path):
    first = open_store(tmp_path / "home")
    (tmp_path / "link").symlink_to(tmp_path / "home")
    assert open_store(tmp_path / "link") is first
    first.close()


def test_many_threads_opening_at_once_get_the_same_store(tmp_path):
    found = []
    threads = [threading.Thread(target=lambda: found.append(open_store(tmp_path / "home"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1
    found[0].close()


def test_the_home_and_its_files_are_the_owners_alone(new_store, rows):
    before = os.umask(0)
    try:
        store = new_store()
        store.write("flows.upsert", rows.FLOW)
    finally:
        os.umask(before)
    assert stat.S_IMODE(store.home.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in store.home.iterdir()} == {0o600}


def test_a_store_may_be_used_after_it_was_closed(store, rows):
    store.close()
    store.write("flow_runs.insert", rows.flow_run("r"))
    assert store.read_sql("SELECT id FROM flow_run")[0]["id"] == "r"


def test_very_many_values_are_taken_one_by_one_and_no_transaction_stays_open(store, rows):
    for name in "abc":
        store.write("flow_runs.insert", rows.flow_run(name))
    before = store.data_version()
    sql = "SELECT id FROM flow_run WHERE id <> ? ORDER BY id"
    assert store.column_sql(sql, ["b"], next) == "a"  # whoever takes may stop before the end
    store.write("flow_runs.insert", rows.flow_run("d"))
    assert store.data_version() != before
    assert store.column_sql(sql, ["\udc80"], list) == ["a", "b", "c", "d"]
    with pytest.raises(StoreError, match="syntax"):
        store.column_sql("SELECT id FRM flow_run", [], list)


def test_a_relaxed_store_does_not_wait_for_the_disk_but_a_forked_child_of_its_does(tmp_path, rows):
    store = open_store(tmp_path / "home")

    def waits():
        store.write("flows.upsert", rows.FLOW)
        return store._writer._connection.execute("PRAGMA synchronous").fetchone()[0] == 2

    assert waits()
    store.relax()
    assert not waits()
    child = os.fork()
    if not child:
        os._exit(7 if waits() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert not waits()
    store.close()


def test_a_write_that_need_not_last_waits_for_no_disk_and_the_next_one_does(store, rows):
    def waits():
        return store._writer._connection.execute("PRAGMA synchronous").fetchone()[0] == 2

    store.write("flows.upsert", rows.FLOW)
    store.write("flows.upsert", rows.FLOW, lasting=False)
    assert not waits()
    with store.transaction(lasting=False) as changes:
        changes.run("flows.upsert", rows.FLOW)
    assert not waits()
    store.write("flows.upsert", rows.FLOW)
    assert waits()
    with store.transaction() as changes:
        changes.run("flows.upsert", rows.FLOW)
    assert waits()
    store.close()
    store.write("flows.upsert", rows.FLOW, lasting=False)
    assert not waits()


def test_closing_leaves_one_plain_file_without_a_log(new_store):
    store = new_store()
    store.close()
    assert not os.path.exists(f"{store.path}-wal")


def test_several_statements_are_committed_together_or_not_at_all(store, rows):
    good, bad = (
        ("flow_runs.insert", rows.flow_run("a")),
        ("flow_runs.insert", rows.flow_run("b", flow_id="nobody's")),
    )
    with pytest.raises(StoreConflict):
        store.write_all(good, bad)
    assert store.read_sql("SELECT count(*) FROM flow_run")[0][0] == 0
    assert [len(found) for found in store.write_all(("flows.upsert", rows.FLOW), good)] == [1, 1]


def test_a_flow_is_known_by_its_name(store, rows):
    again = store.write("flows.upsert", rows.FLOW | {"id": "another"})
    assert again[0]["id"] == "flow-1"


def test_an_idempotency_key_makes_one_run_only(store, rows):
    assert store.write("flow_runs.insert", rows.flow_run("a", idempotency_key="k"))
    assert not store.write("flow_runs.insert", rows.flow_run("b", idempotency_key="k"))


def test_a_run_advances_from_the_version_the_caller_saw_and_no_other(store, rows):
    store.write("flow_runs.insert", rows.flow_run("r"))
    assert store.write("flow_runs.advance", rows.advance("r", 2))[0]["version"] == 2
    assert store.write("flow_runs.advance", rows.advance("r", 2)) == []


def test_people_can_look_at_histories_with_the_sqlite3_shell(store, rows):
    completed(store, rows)
    rows.put_task_run(store, "t", 2)
    store.journal.flush()
    shell = sqlite3.connect(store.path)
    for table, count in (("flow_run_state", 3), ("task_run_state", 2)):
        history = shell.execute(f"SELECT version, type FROM {table}").fetchall()
        assert history == [(1, "PENDING"), (2, "RUNNING"), (3, "COMPLETED")][:count]
        assert len(store.read_sql(f"SELECT * FROM {table}")) == count
    shell.close()


def completed(store, rows):
    store.write("flow_runs.insert", rows.flow_run("r"))
    store.write("flow_runs.advance", rows.advance("r", 2))
    store.write("flow_runs.advance", rows.advance("r", 3))


def test_a_terminal_state_does_not_change(store, rows):
    completed(store, rows)
    with pytest.raises(StoreConflict, match="terminal state"):
        store.write("flow_runs.advance", rows.advance("r", 3) | {"expected_version": 3})


def test_a_new_attempt_leaves_a_terminal_state(store, rows):
    completed(store, rows)
    again = rows.advance("r", 1) | {"expected_version": 3, "attempt": 2}
    assert tuple(store.write("flow_runs.advance", again)[0]) == (4, 2)
    late = rows.advance("r", 3) | {"expected_version": 4}
    assert store.write("flow_runs.advance", late) == []  # of the attempt before


@pytest.mark.parametrize(
    "column",
    ["state_type = 'FAILED'", "state_name = 'x'", "state_message = 'x'", "state_time = 5", "history = 'x'"],
)
@pytest.mark.parametrize("table", ["flow_run", "task_run"])
def test_no_statement_at_all_changes_a_terminal_state(store, rows, table, column):
    completed(store, rows)
    rows.put_task_run(store, "t", 3)
    store.journal.flush()
    with pytest.raises(StoreConflict, match="terminal state"), store.transaction() as tx:
        tx.run_sql(f"UPDATE {table} SET {column}, version = version + 1")


@pytest.mark.parametrize("table", ["flow_run", "task_run"])
def test_a_transition_counts_the_version_up(store, rows, table):
    store.write("flow_runs.insert", rows.flow_run("r"))
    rows.put_task_run(store, "t")
    store.journal.flush()
    with pytest.raises(StoreConflict, match="version"), store.transaction() as tx:
        tx.run_sql(f"UPDATE {table} SET state_type = 'RUNNING'")


def test_a_kept_result_may_be_let_go_after_the_run(store, rows):
    rows.put_task_run(store, "t", 3, state_data="kept")
    store.journal.flush()
    with store.transaction() as tx:
        tx.run_sql("UPDATE task_run SET state_data = NULL")


def test_a_task_run_takes_less_than_one_and_a_half_kilobytes(store, rows):
    for number in range(2_000):
        rows.put_task_run(store, f"0192b3c4-7d8e-7f00-8000-{number:012}", 3)
    store.close()
    assert store.path.stat().st_size / 2_000 < 1_500
