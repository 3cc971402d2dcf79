"""The shell queue by its commands: what is added is executed by a process that comes by itself and goes again."""

from __future__ import annotations

import fcntl
import json
import os
import signal

import pytest
from waiting import wait_until

from pacc.cli.root import main
from pacc.services import flow_runs, logs, shell_queue, workers
from pacc.store import open_store
from pacc.workers.shell_queue import LOCK


@pytest.fixture
def pacc(capsys):
    """Run a command in this process; returns its exit code, what it printed and what it said."""

    def run(*words):
        code = main(["--no-prompt", *words])
        shown = capsys.readouterr()
        return code, shown.out.strip(), shown.err

    return run


def lines(store, run_id):
    return [each.message for each in logs.read(store, run_id)]


def nobody_executes(home):
    with (home / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def test_commands_run_one_after_another_with_the_folder_and_the_environment_they_were_added_from(
    pacc, pacc_home, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GREETING", "hello there")
    _, bad, _ = pacc("shell", "add", "--no-start", "--name", "bad", "--retries", "1", "exit 3")
    _, never, _ = pacc("shell", "add", "--no-start", "--after", "bad", "--", "touch", "never")
    _, slow, _ = pacc("shell", "add", "--no-start", "--timeout", "0.3", "sleep 60")
    monkeypatch.setenv("GREETING", "hi again")
    code, good, said = pacc("shell", "add", "--after", bad[:20], "--after", slow, "--name", "x", "true")
    assert (code, 'Added "x" to the group "default".' in said) == (0, True)
    _, greeted, _ = pacc("shell", "add", 'echo "$GREETING" | tr a-z A-Z; pwd; echo bad >&2')

    assert pacc("shell", "wait", "--timeout", "60")[0] == 3

    store = open_store(pacc_home)
    states = {each.id: each.state_name for each in shell_queue.jobs(store, everything=True)}
    assert list(states.values()) == ["Failed", "Cancelled", "TimedOut", "Cancelled", "Completed"]
    assert [str(each) for each in states] == [bad, never, slow, good, greeted]
    assert not (tmp_path / "never").exists()
    assert {"HI AGAIN", str(tmp_path), "bad"} <= set(lines(store, greeted))
    assert flow_runs.read(store, bad).state.message.endswith("exited with code 3: exit 3")
    assert pacc("shell", "wait", greeted)[0] == 0
    assert pacc("shell", "follow", greeted)[0] == 0
    wait_until(lambda: nobody_executes(pacc_home))


def test_what_waits_is_listed_put_aside_and_taken_out(pacc):
    pacc("shell", "group", "create", "wide", "--parallel", "4")
    for name in ("one", "two"):
        pacc("shell", "add", "--no-start", "--group", "wide", "--name", name, "--", "echo", "[red]a b")
    assert "'[red]a b'" in pacc("shell", "ls")[1]
    assert pacc("shell", "stash", "one")[0] == 0
    assert pacc("shell", "kill", "two")[0] == 0
    assert [each["state_name"] for each in json.loads(pacc("shell", "ls", "-a", "-o", "json")[1])] == [
        "Cancelled",
        "Stashed",
    ]
    assert pacc("shell", "wait", "--group", "wide")[0] == 0
    assert pacc("shell", "enqueue", "one", "--no-start")[0] == 0
    assert "pacc worker start --pool shell" in pacc("shell", "ls")[2]
    assert pacc("shell", "wait", "--no-start", "--timeout", "1", "one")[0] == 4
    assert pacc("shell", "group", "set", "wide", "--parallel", "2", "--pause")[0] == 0
    assert pacc("shell", "group", "ls", "-o", "plain")[1].splitlines()[-1].split("\t") == [
        "wide", "2", "0", "1", "yes",
    ]  # fmt: skip


def test_what_waits_is_changed_and_moved(pacc):
    for name in ("one", "two", "three"):
        pacc("shell", "add", "--no-start", "--name", name, "--", "make", name)
    assert '"three" runs before "two".' in pacc("shell", "move", "three", "up")[2]
    assert '"three" runs before "one".' in pacc("shell", "move", "three", "first")[2]
    assert "is there already" in pacc("shell", "move", "three", "up")[2]
    assert "with priority 5: make it" in pacc("shell", "edit", "two", "-c", "make it", "--priority", "5")[2]
    listed = json.loads(pacc("shell", "ls", "-o", "json")[1])
    assert [each["name"] for each in listed] == ["two", "three", "one"]
    assert listed[0]["parameters"]["command"] == "make it"
    pacc("shell", "kill", "one")
    assert pacc("shell", "move", "one", "up")[0] == 1


def test_the_process_that_executes_the_queue_stops_when_it_is_told_to_whatever_waits(pacc, pacc_home):
    pacc("shell", "group", "set", "default", "--pause")
    pacc("shell", "add", "true")
    store = open_store(pacc_home)
    [worker] = wait_until(lambda: workers.select(store))
    os.kill(worker.process["pid"], signal.SIGTERM)
    wait_until(lambda: nobody_executes(pacc_home))
    assert shell_queue.has_work(store)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["add", "--group", "defalt", "true"], 1, 'Did you mean "default"'),
        (["add", "--after", "nobody", "true"], 1, 'no flow run "nobody"'),
        (["add"], 2, "COMMAND"),
        (["group", "set", "default"], 2, "--parallel, --pause or --resume"),
        (["group", "set", "defalt", "--pause"], 1, 'Did you mean "default"'),
        (["restart", "nobody"], 1, 'no flow run "nobody"'),
        (["edit", "nobody"], 2, "say --command or --priority"),
        (["edit", "nobody", "--command", " "], 2, "a command needs a text"),
        (["move", "nobody", "first"], 1, 'no flow run "nobody"'),
    ],
)
def test_wrong_input_is_one_sentence_with_the_next_step(pacc, words, code, said):
    ended, out, told = pacc("shell", *words)
    assert (ended, out) == (code, "")
    assert said in told
    assert "See: pacc" in told
