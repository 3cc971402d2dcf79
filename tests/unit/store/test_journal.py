"""The journal's promises: nothing dropped, the latest wins, in groups, soon, and never silently."""

from __future__ import annotations

import threading
import time

import pytest
from waiting import wait_until

from pacc.exceptions import StoreConflict, StoreFull


def task_runs(store):
    return {
        row["id"]: row["version"] for row in store.read_sql("SELECT id, version FROM task_run ORDER BY id")
    }


def make_writing_fail(store, monkeypatch):
    def full(steps):
        raise StoreFull("the disk is full", hint="Make room.")

    monkeypatch.setattr(store._writer, "commit", full)


def test_a_row_is_in_the_store_after_flush(store, rows):
    rows.put_task_run(store, "a")
    store.journal.flush()
    assert task_runs(store) == {"a": 1}


def test_a_row_is_in_the_store_a_moment_later_without_flush(store, rows):
    rows.put_task_run(store, "a")
    start = time.monotonic()
    wait_until(lambda: task_runs(store))
    assert time.monotonic() - start < 20  # 50 ms are promised, a busy machine may be slower


def test_the_latest_row_under_a_key_wins_and_is_written_once(store, rows, monkeypatch):
    commits = []
    commit = store._writer.commit
    monkeypatch.setattr(store._writer, "commit", lambda steps: commits.append(steps) or commit(steps))
    for version in (1, 2, 3):
        rows.put_task_run(store, "a", version)
    store.journal.flush()
    assert task_runs(store) == {"a": 3}
    assert len(commits) == 1


def test_flow_runs_are_written_before_task_runs_in_one_commit(store, rows, monkeypatch):
    commits = []
    commit = store._writer.commit
    monkeypatch.setattr(store._writer, "commit", lambda steps: commits.append(steps) or commit(steps))
    rows.put_task_run(store, "a")
    rows.put_flow_run(store, "b")
    store.journal.flush()
    assert [step.sql.split()[2] for step in commits[0]] == ["flow_run", "task_run"]


def test_one_table_alone_needs_one_statement_and_no_transaction_from_python(store, rows):
    statements = []
    store._writer._connection.set_trace_callback(statements.append)
    for number in range(100):
        rows.put_task_run(store, f"run {number:03}")
    store.journal.flush()
    store._writer._connection.set_trace_callback(None)
    outer = {
        statement for statement in statements if not statement.startswith("--")
    }  # again after each trigger
    assert len(outer) == 1
    assert len(task_runs(store)) == 100


def test_a_write_carries_what_was_put_before(store, rows):
    rows.put_task_run(store, "a")
    store.write("flow_runs.insert", rows.flow_run("r"))
    assert task_runs(store) == {"a": 1}


def test_a_transaction_carries_what_was_put_before(store, rows):
    rows.put_task_run(store, "a")
    with store.transaction() as tx:
        tx.run("flow_runs.insert", rows.flow_run("r"))
    assert task_runs(store) == {"a": 1}


def test_a_write_that_is_refused_leaves_the_rows_to_be_written(store, rows):
    rows.put_task_run(store, "a")
    with pytest.raises(StoreConflict):
        store.write("flow_runs.insert", rows.flow_run("r", flow_id="nobody's"))
    store.journal.flush()
    assert task_runs(store) == {"a": 1}


def test_thousands_of_rows_arrive_in_commits_of_at_most_so_many(new_store, rows):
    store = new_store(journal_rows=100)
    for number in range(2_500):
        rows.put_task_run(store, f"run {number:05}")
    store.journal.flush()
    assert len(task_runs(store)) == 2_500


def test_much_text_is_spread_over_several_commits(new_store, rows):
    store = new_store(journal_bytes=10_000)
    for number in range(20):
        rows.put_task_run(store, f"run {number:02}", state_data="x" * 5_000)
    store.journal.flush()
    assert len(task_runs(store)) == 20


def test_a_full_journal_makes_its_producers_wait(new_store, rows):
    store = new_store(journal_capacity=50, journal_rows=10)
    most = 0
    with store._writer.turn:  # nothing can be written now
        producer = threading.Thread(target=lambda: [rows.put_task_run(store, str(n)) for n in range(200)])
        producer.start()
        time.sleep(0.2)
        most = len(store.journal._pending)
        assert producer.is_alive()
    producer.join(10)
    store.journal.flush()
    assert most == 50
    assert len(task_runs(store)) == 200


def test_a_failure_is_raised_at_the_next_put_and_at_flush_and_nothing_is_lost(store, rows, monkeypatch):
    with monkeypatch.context() as broken:
        make_writing_fail(store, broken)
        rows.put_task_run(store, "a")
        with pytest.raises(StoreFull):
            store.journal.flush()
        wait_until(lambda: store.journal._failure)
        with pytest.raises(StoreFull, match="full"):
            rows.put_task_run(store, "b")
    store.journal.flush()
    assert task_runs(store) == {"a": 1, "b": 1}
    rows.put_task_run(store, "c")


def test_once_repaired_the_thread_writes_what_had_failed_by_itself(store, rows, monkeypatch):
    with monkeypatch.context() as broken:
        make_writing_fail(store, broken)
        rows.put_task_run(store, "a")
        wait_until(lambda: store.journal._failure)
    wait_until(lambda: task_runs(store) and store.journal._failure is None)
    rows.put_task_run(store, "b")
    store.journal.flush()
    assert task_runs(store) == {"a": 1, "b": 1}


def test_a_failure_wakes_producers_who_wait_for_room(new_store, rows, monkeypatch):
    store = new_store(journal_capacity=5)
    make_writing_fail(store, monkeypatch)
    with pytest.raises(StoreFull):
        [rows.put_task_run(store, str(number)) for number in range(100)]
    monkeypatch.undo()


def test_a_row_that_fits_no_rule_does_not_keep_the_others_away_and_is_told_once(store, rows):
    rows.put_task_run(store, "a")
    rows.put_task_run(store, "b", task_key=None)
    rows.put_task_run(store, "c", name=object())
    rows.put_task_run(store, "d", created=2**70)
    with pytest.raises(StoreConflict):
        store.journal.flush()
    assert task_runs(store) == {"a": 1}
    assert store.journal.refused == 3
    store.journal.flush()


def test_a_source_that_raises_is_told_and_the_others_are_written(store, rows):
    class Broken:
        def journal_row(self):
            raise ZeroDivisionError("no row")

    store.journal.put("task_runs.record_batch", "x", Broken())
    rows.put_task_run(store, "a")
    with pytest.raises(StoreConflict, match="no row"):
        store.journal.flush()
    assert task_runs(store) == {"a": 1}


def test_a_misfit_carried_by_a_write_does_not_harm_the_write(store, rows):
    rows.put_task_run(store, "b", task_key=None)
    store.write("flow_runs.insert", rows.flow_run("r"))
    assert store.read_sql("SELECT count(*) FROM flow_run")[0][0] == 1
    with pytest.raises(StoreConflict):
        store.journal.flush()


def test_an_older_row_does_not_overwrite_a_newer_one_and_is_counted(store, rows):
    rows.put_task_run(store, "a", 2)
    store.journal.flush()
    rows.put_task_run(store, "a", 1)
    store.journal.flush()
    assert task_runs(store) == {"a": 2}
    assert store.journal.refused == 1


def test_the_same_row_again_is_no_refusal(store, rows):
    for _ in range(2):
        rows.put_task_run(store, "a", 3)
        store.journal.flush()
    assert store.journal.refused == 0


def test_a_terminal_state_stays_unless_a_new_attempt_begins(store, rows):
    rows.put_task_run(store, "a", 3)
    store.journal.flush()
    late = {"state_type": "FAILED", "state_name": "Failed", "state_time": 1}
    store.journal.put(
        "task_runs.record_batch", "a", rows.Source(rows.task_run("a", 3) | late | {"version": 4})
    )
    store.journal.flush()
    assert (task_runs(store), store.journal.refused) == ({"a": 3}, 1)
    again = late | {"version": 4, "attempt": 2}
    store.journal.put("task_runs.record_batch", "a", rows.Source(rows.task_run("a", 3) | again))
    store.journal.flush()
    assert task_runs(store) == {"a": 4}


@pytest.mark.parametrize(
    "text", ["a\0b", "ümläut 雪", "\U0001f600", "'; DROP TABLE flow; --", '{"a": "\\u0000"}']
)
def test_any_text_comes_back_as_it_was(store, rows, text):
    rows.put_task_run(store, "a", state_message=text)
    store.journal.flush()
    assert store.read_sql("SELECT state_message FROM task_run")[0][0] == text


def test_text_that_is_no_unicode_is_spelled_out(store, rows):
    rows.put_task_run(store, "a", state_message="no file \udcff here")
    store.journal.flush()
    assert store.read_sql("SELECT state_message FROM task_run")[0][0] == "no file \\udcff here"


def test_rows_put_after_closing_are_written_at_once(store, rows):
    store.journal.close()
    rows.put_task_run(store, "a")
    assert task_runs(store) == {"a": 1}


def test_many_threads_may_put_and_write_at_once(store, rows):
    def work(name):
        for number in range(100):
            rows.put_task_run(store, f"{name} {number:03}")
            if number % 25 == 0:
                store.write("flow_runs.insert", rows.flow_run(f"{name} {number}"))

    threads = [threading.Thread(target=work, args=(f"thread {n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.journal.flush()
    assert len(task_runs(store)) == 800
    assert store.journal.refused == 0
