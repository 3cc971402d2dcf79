"""G3: every connection is set up the same way, and nothing else in pacc begins, commits, checkpoints or sets."""

from __future__ import annotations

import re
import sqlite3
import threading
from pathlib import Path

import pytest

import pacc
from pacc.store.migrate import statements

PACC = Path(pacc.__file__).parent
EXPECTED = {
    "journal_mode": "wal",
    "synchronous": 2,
    "busy_timeout": 60_000,
    "wal_autocheckpoint": 0,
    "foreign_keys": 1,
    "mmap_size": 0,
    "trusted_schema": 0,
    "journal_size_limit": 4 << 20,
    "auto_vacuum": 2,
    "application_id": 0x70616363,
}


def pragmas(connection):
    return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in EXPECTED}


def test_the_writing_connection_has_every_setting(store):
    assert pragmas(store._writer._connection) == EXPECTED
    assert store._writer._connection.isolation_level is None


def test_reading_connections_have_every_setting_and_cannot_write(store):
    adopted, opened = store._readers.take(), store._readers.take()
    for reader in (adopted, opened):
        assert pragmas(reader.connected()) == EXPECTED
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.connected().execute("DELETE FROM flow")
        store._readers.give(reader)


def test_the_watching_connection_has_every_setting(store):
    store.data_version()
    assert pragmas(store._readers._watch.connected()) == EXPECTED


@pytest.mark.parametrize(
    "forbidden",
    [
        r"wal_checkpoint",
        r"PRAGMA",
        r"BEGIN (IMMEDIATE|EXCLUSIVE|DEFERRED)",
        r"[\"']BEGIN",
        r"[\"']COMMIT[\"']",
    ],
)
def test_only_one_module_speaks_of_transactions_checkpoints_and_settings(forbidden):
    assert speaking_of(forbidden) == {"store/connection.py"}


def test_connections_are_made_there_and_for_a_look_that_makes_nothing():
    assert speaking_of(r"sqlite3\.connect\(") == {"store/connection.py", "store/glance.py"}


def speaking_of(pattern):
    files = [*PACC.rglob("*.py"), *(PACC / "store" / "queries").glob("*.sql")]
    return {str(file.relative_to(PACC)) for file in files if re.search(pattern, file.read_text("utf-8"))}


def test_a_returning_statement_is_fetched_to_its_end_so_that_nothing_stays_locked(store, rows):
    store.write("flows.upsert", rows.FLOW)
    assert not store._writer._connection.in_transaction
    other = sqlite3.connect(store.path, timeout=0, isolation_level=None)
    other.execute("UPDATE flow SET updated = 5")
    other.close()


def test_a_write_inside_a_write_is_refused(store, rows):
    with store.transaction(), pytest.raises(RuntimeError, match="inside another one"):
        store.write("flows.upsert", rows.FLOW)


def test_a_transaction_that_raises_leaves_nothing(store, rows):
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        tx.run(
            "flow_runs.insert", rows.flow_run("r", total_run_time=len(tx.run("flows.upsert", rows.FLOW)) // 0)
        )
    assert store.read_sql("SELECT count(*) FROM flow_run")[0][0] == 0
    store.write("flow_runs.insert", rows.flow_run("r"))


def test_the_same_path_may_have_any_character(new_store, tmp_path, rows):
    store = new_store(tmp_path / "Ordner mit Ümläuten ? # % und 'Zeichen'")
    assert store.write("flows.upsert", rows.FLOW)[0]["id"] == "flow-1"


def test_readers_go_on_while_a_write_is_held(store, rows):
    with store.transaction() as tx:
        tx.run("flow_runs.insert", rows.flow_run("r"))
        seen = []
        thread = threading.Thread(target=lambda: seen.extend(store.read_sql("SELECT count(*) FROM flow_run")))
        thread.start()
        thread.join(5)
        assert seen[0][0] == 0


def test_data_version_changes_with_every_commit_of_anyone(store, rows):
    before = store.data_version()
    assert store.data_version() == before
    store.write("flow_runs.insert", rows.flow_run("r"))
    after_own = store.data_version()
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("UPDATE flow SET updated = 5")
    other.close()
    assert len({before, after_own, store.data_version()}) == 3


def test_statements_are_cut_without_running_them():
    script = "-- a; comment\nCREATE TABLE a (b TEXT DEFAULT ';');\nCREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT 2; END;\n"
    assert len(list(statements(script))) == 2
