"""G6: full, read-only, damaged, foreign, newer: a sentence and its own kind of error, and nothing committed is lost."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from pacc.exceptions import (
    PaccException,
    StoreDamaged,
    StoreError,
    StoreForeign,
    StoreFull,
)
from pacc.store.database import Store

PROGRAMS = str(Path(__file__).parent / "programs")


@pytest.fixture
def filled(new_store, rows):
    """The home of a closed store with some rows in it."""
    store = new_store()
    store.write("flows.upsert", rows.FLOW)
    for number in range(300):
        rows.put_task_run(store, f"run {number:03}", 3)
        rows.put_flow_run(store, f"run {number:03}", 3, parameters='{"a": "' + "x" * 200 + '"}')
    store.close()
    store._presence.close()
    return store.home


def use(home):
    """Do with a store what pacc does: open, read, write, and let SQLite check it."""
    store = Store(home)
    try:
        for table in ("flow", "flow_run", "task_run"):
            store.read_sql(f"SELECT * FROM {table}")
            store.read_sql(f"SELECT * FROM {table} ORDER BY id DESC LIMIT 5")
        store.read_sql("SELECT id FROM flow_run WHERE name = 'run run 005' OR flow_id = 'flow-1'")
        flow = {"id": "x", "name": "x", "created": 1, "updated": 1, "tags": "[]", "labels": "{}"}
        store.write("flows.upsert", flow)
        store.data_version()
        store.read_sql("PRAGMA integrity_check(5)")
    finally:
        store.close()
        store._presence.close()


def is_a_clear_sentence(error, home):
    return str(home) in str(error) and "\n" not in str(error) and "Traceback" not in str(error)


# -- what is no store


def test_garbage_is_damage(pacc_home):
    pacc_home.mkdir()
    (pacc_home / "pacc.db").write_bytes(os.urandom(20_000))
    with pytest.raises(StoreDamaged) as caught:
        use(pacc_home)
    assert is_a_clear_sentence(caught.value, pacc_home)


def test_text_is_damage_too_and_stays_untouched(pacc_home):
    pacc_home.mkdir()
    (pacc_home / "pacc.db").write_text("Dear diary, today I wrote no database.")
    with pytest.raises(StoreDamaged):
        use(pacc_home)
    assert (pacc_home / "pacc.db").read_text().startswith("Dear diary")


def test_somebody_elses_database_is_refused_and_left_alone(pacc_home):
    pacc_home.mkdir()
    with closing(sqlite3.connect(pacc_home / "pacc.db")) as connection:
        connection.execute("CREATE TABLE customers (name)")
    before = (pacc_home / "pacc.db").read_bytes()
    with pytest.raises(StoreForeign, match="not one of pacc's"):
        use(pacc_home)
    assert (pacc_home / "pacc.db").read_bytes() == before


def test_an_empty_file_becomes_a_store(pacc_home):
    pacc_home.mkdir()
    (pacc_home / "pacc.db").touch()
    use(pacc_home)


def test_a_database_without_anything_in_it_becomes_a_store(pacc_home):
    pacc_home.mkdir()
    with closing(sqlite3.connect(pacc_home / "pacc.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    use(pacc_home)


def test_a_file_cut_to_nothing_beside_its_log_is_damage_and_the_log_is_kept(filled):
    (filled / "pacc.db").write_bytes(b"")
    (filled / "pacc.db-wal").write_bytes(b"x" * 5_000)
    with pytest.raises(StoreDamaged, match="cut it off"):
        use(filled)
    assert (filled / "pacc.db-wal").stat().st_size == 5_000


@pytest.mark.parametrize("part", [0.001, 0.1, 0.5, 0.9])
def test_a_truncated_file_is_damage(filled, part):
    path = filled / "pacc.db"
    os.truncate(path, int(path.stat().st_size * part))
    with pytest.raises(StoreDamaged) as caught:
        use(filled)
    assert is_a_clear_sentence(caught.value, filled)


def test_a_folder_in_its_place_is_an_error_of_ours(pacc_home):
    (pacc_home / "pacc.db").mkdir(parents=True)
    with pytest.raises(StoreError):
        use(pacc_home)


def test_a_home_that_is_a_file_is_an_error_of_ours(pacc_home):
    pacc_home.touch()
    with pytest.raises(StoreError, match="home"):
        use(pacc_home)


def test_a_copy_made_by_sqlite_itself_is_a_store_again(filled, tmp_path):
    (tmp_path / "restored").mkdir()
    with closing(sqlite3.connect(filled / "pacc.db")) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "restored" / "pacc.db"),))
    use(tmp_path / "restored")
    with closing(sqlite3.connect(tmp_path / "restored" / "pacc.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


@pytest.mark.parametrize(
    "files", [60, pytest.param(2_000, marks=[pytest.mark.soak, pytest.mark.timeout(900)])]
)
def test_damaged_bytes_never_end_in_a_foreign_error(filled, tmp_path, files):
    seed = random.randrange(10**9)
    whole = (filled / "pacc.db").read_bytes()
    noticed = 0
    for number in range(files):
        chance = random.Random(f"{seed} {number}")
        home = tmp_path / "damaged" / str(number)
        home.mkdir(parents=True)
        (home / "pacc.db").write_bytes(damaged(whole, chance))
        try:
            use(home)
        except PaccException:
            noticed += 1
        except BaseException as error:
            raise AssertionError(f"seed {seed}, file {number}") from error
        shutil.rmtree(home)
    assert noticed > files / 20


def damaged(whole, chance):
    """A copy with some bytes changed, a block zeroed or moved, or its end missing; more often near the headers of pages."""
    made = bytearray(whole)
    kind = chance.randrange(5)
    page = 4096 * chance.randrange(len(made) // 4096)
    if kind == 0:
        for _ in range(chance.randrange(1, 200)):
            made[chance.randrange(len(made))] = chance.randrange(256)
    elif kind == 1:
        for _ in range(chance.randrange(1, 20)):
            made[page + chance.randrange(16)] = chance.randrange(256)
    elif kind == 2:
        made[page : page + 4096] = bytes(4096)
    elif kind == 3:
        made[page : page + 4096] = made[-4096:]
    else:
        del made[chance.randrange(100, len(made)) :]
    return made


# -- what cannot be written


def test_a_full_store_says_so_keeps_what_it_has_and_goes_on_once_there_is_room(store, rows):
    store.write("flow_runs.insert", rows.flow_run("before"))
    writing = store._writer._connection
    pages = writing.execute("PRAGMA page_count").fetchone()[0]
    writing.execute(f"PRAGMA max_page_count = {pages}")
    big = rows.flow_run("big", parameters='"' + "x" * 50_000 + '"')
    with pytest.raises(StoreFull, match="full") as caught:
        store.write("flow_runs.insert", big)
    assert is_a_clear_sentence(caught.value, store.home)
    rows.put_task_run(store, "t", 3, state_data="x" * 50_000)
    with pytest.raises(StoreFull):
        store.journal.flush()
    writing.execute("PRAGMA max_page_count = 1000000")
    store.write("flow_runs.insert", big)
    store.journal.flush()
    assert [row["id"] for row in store.read_sql("SELECT id FROM flow_run ORDER BY id")] == ["before", "big"]
    assert store.read_sql("SELECT id FROM task_run")[0]["id"] == "t"


LIMITED = f"""
import resource, sys
from pathlib import Path
sys.path.insert(0, {PROGRAMS!r})
import rows
from pacc.exceptions import StoreFull
from pacc.store import open_store
home = Path(sys.argv[1])
store = open_store(home)
store.write("flows.upsert", rows.FLOW)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
done = 0
try:
    for number in range(2000):
        rows.put_task_run(store, f"run {{number:04}}")
        store.write("flow_runs.insert", rows.flow_run(f"run {{number:04}}"))
        done += 1
except StoreFull as error:
    print(done)
    print(error)
else:
    sys.exit("the limit was never met")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
if sys.argv[3:] == ["repaired"]:
    store.write("flow_runs.insert", rows.flow_run("after"))
"""


@pytest.mark.parametrize("limit", [200_000, 600_000])
@pytest.mark.parametrize("then", [[], ["repaired"]])
def test_at_the_limit_of_the_disk_nothing_committed_is_lost(run_python, new_store, pacc_home, limit, then):
    finished = run_python(LIMITED, pacc_home, limit, *then)
    assert finished.code == 0, finished.output
    done = int(finished.stdout.splitlines()[0])
    store = new_store(pacc_home)
    for table in ("flow_run", "task_run"):
        found = {row["id"] for row in store.read_sql(f"SELECT id FROM {table}")}
        assert {f"run {number:04}" for number in range(done)} <= found
    assert ("after" in {row["id"] for row in store.read_sql("SELECT id FROM flow_run")}) == bool(then)
    assert store.read_sql("PRAGMA integrity_check")[0][0] == "ok"


UNPRIVILEGED = f"""
import encodings.latin_1, encodings.unicode_escape  # files of an interpreter that its user alone may read
import os, sys
from pathlib import Path
sys.path.insert(0, {PROGRAMS!r})
import rows
from pacc.exceptions import StoreReadOnly
from pacc.store import open_store
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    store = open_store(Path(sys.argv[1]))
    store.write("flows.upsert", rows.FLOW)
except StoreReadOnly as error:
    print(error)
else:
    sys.exit("it was written")
"""


@pytest.fixture
def visible(tmp_path):
    """Let other users look into the test's folder, since root itself is never refused."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_mode & stat.S_IXOTH:  # from the system's own folder for such things on
            break
        folder.chmod(0o755)
    yield
    for folder in [tmp_path, *(path for path in tmp_path.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)


@pytest.mark.usefixtures("visible")
def test_a_home_that_cannot_be_written_is_said_to_be(run_python, filled):
    for file in filled.iterdir():
        file.chmod(0o444)
    filled.chmod(0o555)
    finished = run_python(UNPRIVILEGED, filled)
    assert finished.code == 0, finished.output
    assert str(filled) in finished.stdout


@pytest.mark.usefixtures("visible")
def test_a_home_that_cannot_be_made_is_said_to_be(run_python, tmp_path):
    (tmp_path / "locked").mkdir()
    (tmp_path / "locked").chmod(0o555)
    finished = run_python(UNPRIVILEGED, tmp_path / "locked" / "home")
    assert finished.code == 0, finished.output
    assert str(tmp_path / "locked" / "home") in finished.stdout


@pytest.mark.usefixtures("visible")
def test_a_home_of_somebody_else_is_said_to_be(run_python, filled):
    filled.chmod(0o500)
    finished = run_python(UNPRIVILEGED, filled)
    expected = 0 if os.getuid() == 0 else 1  # as root, the test plays somebody else
    assert finished.code == expected, finished.output


def test_a_home_that_went_away_under_a_living_process_is_an_error_of_ours(new_store):
    store = new_store()
    shutil.rmtree(store.home)
    with pytest.raises(StoreError, match="No such file"):
        store.write("flows.upsert", {})
    store.home.mkdir()
