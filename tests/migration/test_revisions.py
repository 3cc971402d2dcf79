"""Back to an older schema and forward again: what was there before stays, and nothing happens by halves."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from pacc.exceptions import StoreBusy, StoreError
from pacc.services import variables
from pacc.store import StoreOptions, revisions
from pacc.store.database import Store

NEWEST = max(revisions.known())


@pytest.fixture
def home(tmp_path, rows):
    """A home with a flow and a task run."""
    store = Store(tmp_path / "home")
    store.write("flows.upsert", rows.FLOW)
    rows.put_task_run(store, "one")
    variables.put(store, "a", 1)
    store.close()
    store.leave()
    return store.home


@pytest.fixture
def rewriting(tmp_path):
    """The store's folder as a later release may have it, whose step rewrites rows."""
    folder = tmp_path / "next"
    (folder / "migrations").mkdir(parents=True)
    for file in (StoreOptions().folder / "migrations").iterdir():
        (folder / "migrations" / file.name).symlink_to(file)
    step = "ALTER TABLE flow ADD COLUMN worth TEXT;\nUPDATE flow SET worth = name;"
    (folder / "migrations" / f"{NEWEST + 1:04d}_worth.sql").write_text(step)
    return StoreOptions(folder=folder)


def count(home, table):
    with closing(sqlite3.connect(home / "pacc.db")) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_each_step_has_a_way_back_that_leads_to_the_tables_of_the_one_before():
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript((StoreOptions().folder / "schema.sql").read_text("utf-8"))
        for version in range(NEWEST, 1, -1):
            connection.executescript(";".join(revisions.undoing(version, version - 1)))
            assert revisions._described(connection) == revisions._schema(version - 1, StoreOptions())


def test_down_to_the_first_schema_and_up_again_keeps_what_the_first_one_knew(home):
    revisions.step_down(home, 1)
    assert revisions.standing(home) == 1
    assert (count(home, "flow"), count(home, "task_run")) == (1, 1)
    store = Store(home)
    store.close()
    store.leave()
    assert revisions.standing(home) == NEWEST
    assert (count(home, "flow"), count(home, "variable")) == (1, 0)


def test_what_would_be_lost_is_counted_and_the_copy_from_before_has_it(home):
    assert revisions.losses(home, 3)["variable"] == 1
    copy = revisions.step_down(home, 3)
    assert copy.name == f"pacc.db-of-schema-{NEWEST:04d}"
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT name FROM variable").fetchall() == [("a",)]


def test_a_step_that_rewrote_rows_has_no_way_back_and_the_hint_names_the_copy(home, rewriting):
    store = Store(home, rewriting)
    store.close()
    store.leave()
    with pytest.raises(StoreError, match=f"schema {NEWEST + 1} cannot be undone") as caught:
        revisions.step_down(home, NEWEST, rewriting)
    assert f"pacc.db-before-{NEWEST + 1:04d}" in caught.value.hint
    assert revisions.standing(home, rewriting) == NEWEST + 1


def test_a_store_in_use_is_left_alone(home):
    store = Store(home)
    try:
        with pytest.raises(StoreBusy, match="in use"):
            revisions.step_down(home, 3)
    finally:
        store.close()
        store.leave()


def test_a_version_is_written_only_where_the_tables_are_its(home):
    with closing(sqlite3.connect(home / "pacc.db")) as connection:
        connection.execute("PRAGMA user_version = 9999")
    with pytest.raises(StoreError, match=f"are not those of schema {NEWEST - 1}"):
        revisions.stamp(home, NEWEST - 1)
    revisions.stamp(home, NEWEST)
    assert revisions.standing(home) == NEWEST
