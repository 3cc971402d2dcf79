"""`pacc doctor`, `pacc db backup` and `pacc db restore`, on stores that real runs filled."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from contextlib import closing

import pytest

from pacc.services import health
from pacc.store import care, connection

GREET = """
from pacc import flow, task

@task
def word():
    return "hello"

@flow
def greet():
    return word()

greet()
"""

WAIT = """
import time
from pacc import flow

@flow
def wait():
    print("up", flush=True)
    time.sleep(60)

wait()
"""


@pytest.fixture
def filled(run_python, pacc_here, pacc_home):
    """A home in which one flow has run."""
    assert run_python(GREET).code == 0
    return pacc_home


def runs(pacc_here):
    return len(json.loads(pacc_here("flow-run", "ls", "-o", "json").stdout))


def damage(home):
    """Overwrite pages in the middle of the store, as a failing disk would."""
    with (home / "pacc.db").open("r+b") as file:
        file.seek(20_000)
        file.write(os.urandom(8_000))


def test_a_sound_home_is_said_to_be_sound(filled, pacc_here):
    found = json.loads(pacc_here("doctor", "-o", "json").stdout)
    assert {finding["subject"]: finding["level"] for finding in found} == {
        "store": "ok",
        "sqlite": "ok",
        "privacy": "ok",
        "processes": "ok",
        "housekeeping": "ok",
        "disk": "ok",
    }


def test_a_large_store_is_read_as_a_whole_only_when_asked(filled, pacc_here, monkeypatch):
    monkeypatch.setattr(health, "_SOON_READ", 0)
    assert "soon seen; `pacc doctor --deep` reads all of" in pacc_here("doctor").stdout
    assert "every page is sound" in pacc_here("doctor", "--deep").stdout
    with closing(sqlite3.connect(filled / "pacc.db")) as store, store:
        store.execute("PRAGMA writable_schema = ON")
        store.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, '(name)', '(tags)') WHERE name = 'flow_run_by_name'"
        )
    assert pacc_here("doctor").code == 0
    assert pacc_here("doctor", "--deep").code == 3


def test_a_long_look_says_how_far_it_is_and_hears_ctrl_c(filled, monkeypatch):
    monkeypatch.setattr(connection, "_STEP", 100)
    said = []
    assert care.examine(filled, on_progress=lambda *far: said.append(far)) == []
    assert len(said) > 3
    assert said == sorted(said)
    assert said[-1] == (4, 4)  # two runs, twice

    def interrupted(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        care.examine(filled, on_progress=interrupted)


def test_damage_is_found_and_said_with_exit_3(filled, pacc_here):
    damage(filled)
    finished = pacc_here("doctor")
    assert finished.code == 3
    assert "problem" in finished.stdout
    assert "pacc db restore" in finished.stderr
    assert "Traceback" not in finished.output


def test_half_a_transition_is_found(filled, pacc_here, run_python):
    tamper = (
        "import sqlite3, os; store = sqlite3.connect(os.environ['PACC_HOME'] + '/pacc.db')\n"
        "store.execute('DROP TRIGGER flow_run_terminal_state')\n"
        "store.execute('UPDATE flow_run SET state_time = state_time + 1, version = version + 1'); store.commit()"
    )
    assert run_python(tamper).code == 0
    finished = pacc_here("doctor")
    assert finished.code == 3
    assert "is not the last of its history" in finished.stdout


def test_a_home_that_is_not_there_is_no_problem(pacc_here, pacc_home):
    finished = pacc_here("doctor")
    assert finished.code == 0
    assert "there is no folder" in finished.stdout
    assert not pacc_home.exists()


def test_a_home_others_can_read_is_a_warning_that_says_what_to_do(filled, pacc_here):
    filled.chmod(0o755)
    finished = pacc_here("doctor")
    assert finished.code == 0
    assert f"chmod go= '{filled}'" in finished.stdout


def test_a_backup_brings_back_what_was_there_then(filled, pacc_here, run_python, tmp_path):
    copy = tmp_path / "copy.db"
    assert pacc_here("db", "backup", copy).code == 0
    assert copy.stat().st_mode & 0o777 == 0o600
    run_python(GREET)
    assert runs(pacc_here) == 2
    damage(filled)
    assert pacc_here("db", "restore", copy).code == 0
    assert runs(pacc_here) == 1
    assert pacc_here("doctor").code == 0
    assert list(filled.glob("pacc.db-replaced-*")), "the damaged store is set aside, not thrown away"


def test_a_store_in_use_is_not_replaced(filled, pacc_here, processes, tmp_path):
    copy = tmp_path / "copy.db"
    pacc_here("db", "backup", copy)
    running = processes.start(sys.executable, processes.script(WAIT))
    assert running.stdout.readline() == "up\n"
    finished = pacc_here("db", "restore", copy)
    assert finished.code == 11
    assert "in use by another process" in finished.stderr


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "there is no file"), (b"not a database, but long enough to look at" * 30, "it is no database")],
)
def test_what_is_no_copy_is_refused_and_nothing_changes(filled, pacc_here, tmp_path, content, sentence):
    copy = tmp_path / "copy.db"
    if content is not None:
        copy.write_bytes(content)
    finished = pacc_here("db", "restore", copy)
    assert finished.code >= 10
    assert sentence in finished.stderr
    assert "Traceback" not in finished.stderr
    assert runs(pacc_here) == 1


def test_a_backup_onto_a_folder_is_refused(filled, pacc_here, tmp_path):
    finished = pacc_here("db", "backup", tmp_path)
    assert finished.code == 1
    assert "is a folder" in finished.stderr
