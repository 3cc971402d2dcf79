"""G7: an upgrade happens wholly or not at all, a copy from before exists, and a newer store is refused."""

from __future__ import annotations

import random
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

import pacc.store
from pacc.exceptions import StoreFull, StoreMigrationFailed, StoreNewer
from pacc.store import StoreOptions, migrate
from pacc.store.database import Store
from pacc.store.migrate import latest_version, statements

FOLDER = Path(pacc.store.__file__).parent
PROGRAM = Path(__file__).parents[1] / "integration" / "store" / "programs" / "killed_migrations.py"
NEXT = f"{latest_version(FOLDER) + 1:04d}"
NEXT_STEP = """
ALTER TABLE task_run ADD COLUMN worth INTEGER;
CREATE TABLE note (id TEXT NOT NULL PRIMARY KEY, text TEXT);
UPDATE task_run SET worth = length(history);
CREATE TRIGGER note_made AFTER INSERT ON note BEGIN UPDATE task_run SET worth = 1; SELECT 2; END;
"""


@pytest.fixture
def next_release(tmp_path):
    """The store's folder as a later release may have it; the last step as given."""

    def make(step=NEXT_STEP):
        folder = tmp_path / "next"
        (folder / "migrations").mkdir(parents=True)
        for file in (FOLDER / "migrations").iterdir():
            shutil.copy(file, folder / "migrations")
        (folder / "migrations" / f"{NEXT}_worth.sql").write_text(step)
        (folder / "schema.sql").write_text((FOLDER / "schema.sql").read_text() + step)
        return StoreOptions(folder=folder)

    return make


@pytest.fixture
def home(tmp_path, rows):
    """A home with a flow and three task runs."""
    store = Store(tmp_path / "home")
    store.write("flows.upsert", rows.FLOW)
    for number in range(3):
        rows.put_task_run(store, str(number))
    store.close()
    store._presence.close()
    return store.home


def described(path_or_script):
    """What a database consists of: every object's SQL without its white space."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(path_or_script)
        found = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
        columns = {
            name: connection.execute(f"PRAGMA table_xinfo({name})").fetchall()
            for kind, name, *_ in found
            if kind == "table"
        }
    return sorted(
        (kind, name, table, " ".join((sql or "").split())) for kind, name, table, sql in found
    ), columns


def version_of(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def count(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT count(*) FROM task_run").fetchone()[0]


def test_the_schema_and_the_steps_lead_to_the_same_tables():
    steps = sorted((FOLDER / "migrations").glob("*.sql"))
    script = "\n".join(step.read_text("utf-8") for step in steps)
    assert described((FOLDER / "schema.sql").read_text("utf-8")) == described(script)


def test_the_steps_are_numbered_without_a_gap_and_say_why():
    names = sorted(step.name for step in (FOLDER / "migrations").iterdir())
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert all(len(name) > len("0001_.sql") for name in names)


@pytest.mark.parametrize("file", ["schema.sql", "migrations/0001_initial.sql"])
def test_cutting_a_script_into_statements_loses_nothing(file):
    script = (FOLDER / file).read_text("utf-8")
    assert described("\n".join(statements(script))) == described(script)


def test_a_new_store_has_the_newest_version_and_needs_no_upgrade(tmp_path, next_release):
    options = next_release()
    Store(tmp_path / "fresh", options).close()
    assert version_of(tmp_path / "fresh" / "pacc.db") == int(NEXT)
    assert not list((tmp_path / "fresh").glob("*before*"))


def test_an_upgrade_keeps_every_row_and_leaves_a_copy_from_before(home, next_release):
    store = Store(home, next_release())
    assert [row["worth"] > 0 for row in store.read_sql("SELECT worth FROM task_run")] == [True] * 3
    store.close()
    assert version_of(home / "pacc.db") == int(NEXT)
    copy = home / f"pacc.db-before-{NEXT}"
    assert (version_of(copy), count(copy)) == (int(NEXT) - 1, 3)
    assert copy.stat().st_mode & 0o777 == 0o600


def test_an_upgraded_store_has_the_tables_of_a_new_one(home, next_release):
    options = next_release()
    Store(home, options).close()
    with closing(sqlite3.connect(home / "pacc.db")) as connection:
        upgraded = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
    fresh, _ = described((options.folder / "schema.sql").read_text())
    assert upgraded == {name for _, name, _, _ in fresh}


def test_what_a_living_process_has_just_written_is_in_the_copy_too(home, next_release, rows):
    living = Store(home)
    rows.put_task_run(living, "new")
    living.journal.flush()
    Store(home, next_release()).close()
    assert count(home / f"pacc.db-before-{NEXT}") == 4
    living.close()


def test_a_process_of_the_older_release_goes_on_meanwhile(home, next_release, rows):
    older = Store(home)
    older.read_sql("SELECT count(*) FROM task_run")
    Store(home, next_release()).close()
    rows.put_flow_run(older, "late")
    older.journal.flush()
    assert older.read_sql("SELECT count(*) FROM flow_run")[0][0] == 1
    older.close()


def test_two_that_upgrade_at_once_do_it_once(home, next_release):
    options = next_release()
    failures = []

    def upgrade():
        try:
            Store(home, options).close()
        except Exception as error:  # noqa: BLE001 - shown below
            failures.append(error)

    threads = [threading.Thread(target=upgrade) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert version_of(home / "pacc.db") == int(NEXT)


@pytest.mark.parametrize(
    "step", ["ALTER TABLE nothing ADD COLUMN x;", f"{NEXT_STEP} INSERT INTO flow (id) VALUES ('x');"]
)
def test_a_step_that_fails_leaves_the_store_as_it_was(home, next_release, step):
    with pytest.raises(StoreMigrationFailed, match="as it was"):
        Store(home, next_release(step))
    assert (version_of(home / "pacc.db"), count(home / "pacc.db")) == (int(NEXT) - 1, 3)
    Store(home).close()


def test_without_room_for_the_copy_nothing_is_upgraded(home, next_release, monkeypatch):
    def full(connection, target):
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    monkeypatch.setattr(migrate.sqlite, "copy_into", full)
    with pytest.raises(StoreFull):
        Store(home, next_release())
    assert version_of(home / "pacc.db") == int(NEXT) - 1


def test_a_copy_that_is_not_whole_stops_the_upgrade(home, next_release, monkeypatch):
    monkeypatch.setattr(migrate.sqlite, "problems", lambda connection, thorough=False: ["page 5 is odd"])
    with pytest.raises(StoreMigrationFailed, match="page 5 is odd"):
        Store(home, next_release())
    assert version_of(home / "pacc.db") == int(NEXT) - 1


def test_a_store_of_a_newer_pacc_is_refused_in_one_sentence_and_left_alone(home, next_release):
    Store(home, next_release()).close()
    before = (home / "pacc.db").read_bytes()
    with pytest.raises(StoreNewer, match="written by a newer pacc") as caught:
        Store(home)
    assert "\n" not in str(caught.value)
    assert "Upgrade pacc" in caught.value.hint
    assert (home / "pacc.db").read_bytes() == before


@pytest.mark.parametrize("kills", [8, pytest.param(150, marks=[pytest.mark.soak, pytest.mark.timeout(900)])])
def test_killed_at_any_moment_it_is_old_or_new_and_the_copy_is_whole(
    run_python, tmp_path, next_release, kills
):
    options = next_release()
    seed = random.randrange(10**9)
    finished = run_python(PROGRAM, options.folder, tmp_path / "work", kills, seed, timeout=60 + 2 * kills)
    assert finished.code == 0, (seed, finished.output)
