"""G6, G19: whatever is wrong with a home is said in one sentence with what to do; a good home is its owner's alone."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
from pathlib import Path

import pytest

UNPRIVILEGED = Path(__file__).parent / "programs" / "unprivileged.py"

HELLO = """
from pacc import flow, task

@task
def greet():
    return "hello"

@flow
def hello():
    return greet()

hello()
"""


def truncated(home):
    os.truncate(home / "pacc.db", 5000)


def damaged(home):
    store = home / "pacc.db"
    content = store.read_bytes()
    store.write_bytes(content[:4096] + os.urandom(len(content) - 4096))


def garbage(home):
    (home / "pacc.db").write_bytes(b"not a database at all, " * 500)


def newer(home):
    connection = sqlite3.connect(home / "pacc.db")
    connection.execute("PRAGMA user_version = 4242")
    connection.close()


def foreign(home):
    (home / "pacc.db").unlink()
    connection = sqlite3.connect(home / "pacc.db")
    connection.execute("CREATE TABLE invoice (id)")
    connection.close()


def a_file(home):
    shutil.rmtree(home)
    home.write_text("")


def below_a_file(home):
    a_file(home)
    return home / "home"


def a_folder_for_the_store(home):
    shutil.rmtree(home)
    (home / "pacc.db").mkdir(parents=True)


def read_only(home):
    for path in (*home.rglob("*"), home):
        path.chmod(0o555 if path.is_dir() else 0o444)


def read_only_and_empty(home):
    shutil.rmtree(home)
    home.mkdir(mode=0o555)
    return home / "new"


def not_readable(home):
    home.chmod(0o000)


TROUBLES = {
    truncated: ("StoreDamaged", 14, "is damaged", "pacc doctor"),
    damaged: ("StoreDamaged", 14, "is damaged", "pacc doctor"),
    garbage: ("StoreDamaged", 14, "no database", "pacc doctor"),
    newer: ("StoreNewer", 16, "newer pacc", "Upgrade pacc"),
    foreign: ("StoreForeign", 15, "not one of pacc's", "PACC_HOME"),
    a_file: ("StoreError", 10, "a file stands there", "PACC_HOME"),
    below_a_file: ("StoreError", 10, "a file stands there", "PACC_HOME"),
    a_folder_for_the_store: ("StoreReadOnly", 13, "cannot be opened", "PACC_HOME"),
    read_only: ("StoreReadOnly", 13, "cannot be opened for writing", "Check who owns"),
    read_only_and_empty: ("StoreReadOnly", 13, "cannot be opened for writing", "Check who owns"),
    not_readable: ("StoreReadOnly", 13, "cannot be opened for writing", "Check who owns"),
}


@pytest.fixture(scope="module")
def used_home(tmp_path_factory):
    """A home in which a flow ran, closed and at rest."""
    import subprocess

    home = tmp_path_factory.mktemp("used") / "home"
    script = home.with_name("hello.py")
    script.write_text(HELLO)
    environment = {**os.environ, "PACC_HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[3])}
    subprocess.run([sys.executable, script], env=environment, check=True, capture_output=True)
    return home


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_home_in_trouble_is_named_and_what_to_do_is_said(processes, used_home, tmp_path, trouble):
    error, code, what, advice = TROUBLES[trouble]
    home = tmp_path / "a home"
    shutil.copytree(used_home, home)
    used = trouble(home) or home
    commands = ([processes.script(HELLO)], ["-m", "pacc", "flow-run", "ls"])
    try:
        started = [
            processes.start(
                sys.executable, UNPRIVILEGED, sys.executable, *command, env={"PACC_HOME": str(used)}
            )
            for command in commands
        ]
        script, *listings = map(processes.finish, started)
    finally:
        home.chmod(0o700)
    assert script.code == 1
    sentence, next_step = script.stderr.splitlines()[-2:]
    assert sentence.startswith(f"pacc.exceptions.{error}: ")
    for finished in listings:
        assert finished.code == code, finished.output
        assert "Traceback" not in finished.output
        assert finished.stdout == ""
        *_, said, hint = finished.stderr.splitlines()
        assert said.startswith("Error: ")
        assert (said.removeprefix("Error: "), hint) == (sentence.partition(": ")[2], next_step)
    assert str(home) in sentence
    assert what in sentence
    assert advice in next_step


def modes(home):
    return {
        str(path.relative_to(home)): stat.S_IMODE(path.stat().st_mode) for path in (home, *home.rglob("*"))
    }


@pytest.mark.parametrize("umask", [0o000, 0o022])
@pytest.mark.parametrize("made_before", [False, True], ids=["not there", "just made"])
def test_a_home_is_its_owners_alone_whatever_the_umask(
    processes, pacc_process, pacc_home, umask, made_before
):
    before = os.umask(umask)
    try:
        if made_before:
            pacc_home.mkdir()
        script = processes.script(HELLO + "import os; os.kill(os.getpid(), 9)\n")
        processes.finish(processes.start(sys.executable, script))
        assert pacc_process("profile", "create", "mine").code == 0
        assert pacc_process("config", "set", "PACC_LOGGING_LEVEL=DEBUG").code == 0
        assert pacc_process("flow-run", "ls").code == 0
    finally:
        os.umask(before)
    found = modes(pacc_home)
    assert {name.partition("/")[0] for name in found} >= {"pacc.db", "logs", "profiles.toml"}
    wrong = {
        name: oct(mode)
        for name, mode in found.items()
        if mode != (0o700 if (pacc_home / name).is_dir() else 0o600)
    }
    assert wrong == {}


def test_a_folder_with_other_things_in_it_keeps_its_mode(processes, pacc_home):
    pacc_home.mkdir(mode=0o755)
    (pacc_home / "notes.txt").write_text("")
    assert processes.finish(processes.start(sys.executable, processes.script(HELLO))).code == 0
    assert stat.S_IMODE(pacc_home.stat().st_mode) == 0o755
    assert stat.S_IMODE((pacc_home / "pacc.db").stat().st_mode) == 0o600
    assert stat.S_IMODE((pacc_home / "logs").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name", ["with spaces and ümläute/ß", "100% #1?x=y&mode=memory", "ein'zitat\"", "-o", "\udcff"]
)
def test_a_home_on_any_path_works(run_python, pacc_process, tmp_path, name):
    home = tmp_path / name
    finished = run_python(HELLO, env={"PACC_HOME": os.fsencode(home)})
    assert finished.code == 0, finished.stderr
    listed = pacc_process("flow-run", "ls", "-o", "plain", env={"PACC_HOME": os.fsencode(home)})
    assert listed.code == 0, listed.output
    assert "Completed" in listed.stdout
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".py"] == [
        home.relative_to(tmp_path).parts[0]
    ]
    assert (home / "pacc.db").exists()
