"""The queue of shell commands: what each waits for or ended with, and what its keys ask and do."""

from __future__ import annotations

import fcntl
import os

import pytest

from pacc.presentation.shell_queue import LINE_COLUMNS, QueueLine, how, job_description, line_cells
from pacc.services import claims, flow_runs, shell_queue
from pacc.services.run_transitions import propose_flow_run_state
from pacc.states import Cancelled, Completed, Crashed, Failed, Running
from pacc.store import open_store
from pacc.workers.shell_queue import LOCK

SMALL, LARGE = (80, 24), (120, 40)
BOTH_SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])


@pytest.fixture
def store(pacc_home):
    """A store whose queue nobody executes, and nobody begins to."""
    store = open_store(pacc_home)
    with (pacc_home / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield store


@pytest.fixture
def add(store):
    def put(command, **wanted):
        return shell_queue.add(store, command, folder="/", environment={"WHO": "me"}, **wanted)

    return put


@pytest.fixture
def queue(store, add):
    """A command that runs, some that wait, one that was put aside, and one that failed."""
    shell_queue.create_group(store, "wide", parallel=2)
    failed = add("make lint", name="lint")
    said = "The command exited with code 3: make lint"
    propose_flow_run_state(store, str(failed.id), Failed(message=said))
    build = add("make build", name="build")
    claims.claim(store, [str(build.id)], session="s", process={"pid": os.getpid()})
    propose_flow_run_state(store, str(build.id), Running())
    for name in ("test", "dist"):
        add(f"make {name}", name=name)
    add("make last", name="last", after=[build.id])
    shell_queue.stash(store, add("rm -r [bold]x\x1b", name="aside"))
    add("rsync -a dist/ host:", name="copy", group="wide")
    return store


@BOTH_SIZES
def test_commands_stand_below_their_group_with_what_they_wait_for(queue, look, size):
    async def what(seen):
        await seen.until("7 commands")
        assert "1/1 run, 3 wait" in seen.lines("default")[-1]
        assert "runs" in seen.lines("►  make build")[0]
        assert "a slot" in seen.lines("make test")[0]
        assert "after build" in seen.lines("make last")[0]
        assert "put aside" in seen.lines("rm -r [bold]x\\x1b")[0]
        assert "exit 3" in seen.lines("make lint")[0]
        assert "a worker" in seen.lines("rsync -a dist/")[0]
        assert "nobody executes the queue now" in seen.text
        await seen.press("j", "i")
        await seen.until("Command 'build'")
        await seen.press("escape", "enter")
        await seen.until("nothing was logged")
        await seen.until("$ pacc flow-run logs")

    look(what, size=size, first="queue")


def test_a_command_is_added_edited_moved_and_put_aside_with_the_command_for_each_shown(queue, look):
    async def what(seen):
        await seen.until("7 commands")
        await seen.press("n")
        await seen.until("A command for the queue")
        await seen.type("make doc | tee x")
        await seen.until("$ pacc shell add -- 'make doc | tee x'")
        await seen.press("tab", "tab")
        await seen.type("build")
        await seen.until("pacc shell add --after build -- 'make doc | tee x'")
        await seen.press("ctrl+s")
        await seen.until("8 commands")
        seen.post("j")
        seen.post("j")
        await seen.press("J")
        await seen.until("shell move")
        assert _waiting(queue) == ["dist", "test", "last"]
        seen.post("K")
        await seen.press("K")
        await seen.until("It is there already.")
        assert _waiting(queue) == ["test", "dist", "last"]
        await seen.press("e", "end")
        await seen.type(" -j2")
        await seen.until("'make test -j2'")
        await seen.press("ctrl+s")
        await seen.until("make test -j2, with")
        await seen.press("t")
        await seen.until("$ pacc shell stash")
        await seen.press("enter")
        await seen.until('"test" is put aside.')

    look(what, first="queue")
    run = flow_runs.find(queue, "test")
    assert (run.state_name, run.parameters["command"]) == ("Stashed", "make test -j2")
    assert flow_runs.find(queue, "@last").parameters["command"] == "make doc | tee x"


def _waiting(store):
    return [run.name for run in shell_queue.jobs(store, group="default") if shell_queue._waits(run)][:3]


def test_a_command_is_stopped_and_one_that_failed_runs_again(queue, look):
    async def what(seen):
        await seen.until("7 commands")
        await seen.press("f")
        await seen.until("$ pacc flow-run logs")
        await seen.press("x")
        assert "Take it out" not in seen.text
        await seen.press("T")
        await seen.until("Run it again: make lint?")
        await seen.press("enter")
        await seen.until('"lint" waits again.')
        await seen.press("x")
        await seen.until("Take it out of the queue: make lint?")
        await seen.press("enter")
        await seen.until('"lint" is taken out of the queue.')
        await seen.press("g", "j", "J")
        await seen.until('"build" is in state Running')

    look(what, size=LARGE, first="queue")
    assert flow_runs.find(queue, "lint").state_name == "Cancelled"


def test_groups_are_made_paused_and_given_slots(queue, look):
    async def what(seen):
        await seen.until("7 commands")
        await seen.press("N")
        await seen.type("heavy")
        await seen.until("$ pacc shell group create heavy --parallel 1")
        await seen.press("ctrl+s")
        await seen.until('Made the group "heavy"')
        await seen.press("C")
        await seen.until("The slots of the group")
        await seen.press("backspace")
        await seen.type("0")
        await seen.press("enter")
        await seen.until("at least 1; t pauses a group")
        await seen.press("backspace")
        await seen.type("4")
        await seen.press("enter")
        await seen.until('The group "default" runs 4 at once now.')
        await seen.press("t")
        await seen.until("$ pacc shell group set default --pause")
        await seen.press("enter")
        await seen.until('The group "default" is paused.')
        await seen.until("its paused group")

    look(what, size=LARGE, first="queue")
    assert [each.concurrency_limit for each in shell_queue.groups(queue)] == [4, 2, 1]


def test_an_empty_queue_says_how_a_command_is_added_and_looking_makes_nothing(store, look):
    async def what(seen):
        await seen.until("no shell commands; n adds one")
        await seen.press("x", "J")

    look(what, first="queue", read_only=True)
    assert shell_queue.look(store) == ()


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (Completed(), "exit 0"),
        (Failed(message="The command was ended by SIGKILL: x"), "SIGKILL"),
        (Failed(name="TimedOut", message="late"), "took too long"),
        (Failed(message="anything"), "failed"),
        (Crashed(), "crashed"),
        (Cancelled(), "cancelled"),
    ],
)
def test_how_a_command_ended_is_said_in_a_word(store, add, state, text):
    run = add("x")
    propose_flow_run_state(store, str(run.id), state)
    [group] = shell_queue.look(store)
    line = QueueLine(group, group.jobs[0])
    assert how(*line[::-1]).text == text
    assert len(line_cells(line, run.created)) == len(LINE_COLUMNS)
    assert text in dict(job_description(line, run.created).facts)["Ended with"].text


def test_commands_are_narrowed_and_sorted_and_moved_only_where_they_stand_as_they_run(queue, look):
    async def what(seen):
        await seen.press("slash")
        await seen.type("group:default state:scheduled make")
        await seen.press("enter")
        await seen.until("3 of 7 commands")
        assert not seen.lines("rsync")
        await seen.press("escape", "s")
        await seen.until("failures first")
        assert "lint" in seen.lines("make")[0]
        await seen.press("j", "J")
        await seen.until("The list is in another order now")
        assert _waiting(queue) == ["test", "dist", "last"]

    look(what, size=LARGE, first="queue")
