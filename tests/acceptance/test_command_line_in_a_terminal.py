"""The command line with a person in front of it, and with readers that leave: pseudo-terminals and signals."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest

from pacc.blocks.core import Block
from pacc.services import block_listing
from pacc.store import open_store

RUNS = """
from pacc import flow

@flow(flow_run_name="otter {number}")
def sums(number):
    return number

for number in range(3):
    sums(number)
"""


class TerminalSession:
    """A command whose standard streams are a pseudo-terminal."""

    def __init__(self, environment, arguments, columns):
        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pacc", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**environment, "COLUMNS": str(columns)},
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = ""

    def wait_for(self, text):
        while text not in self.shown:
            piece = self._read()
            assert piece, f"{text!r} never came:\n{self.shown}"

    def say(self, text):
        os.write(self.ours, text.encode())

    def end(self):
        while self._read():
            pass
        return self.process.wait(timeout=10)

    def _read(self):
        try:
            piece = os.read(self.ours, 65536).decode()
        except OSError:  # Linux says so when the other side is closed
            return ""
        self.shown += piece
        return piece


@pytest.fixture
def in_terminal(processes):
    """Start a command in a pseudo-terminal; returns the session."""
    sessions = []

    def start(*arguments, columns=120, env=None):
        session = TerminalSession(
            processes.environment({"TERM": "xterm-256color", **(env or {})}), arguments, columns
        )
        sessions.append(session)
        processes.started.append(session.process)
        return session

    yield start
    for session in sessions:
        os.close(session.ours)


@pytest.fixture
def three_runs(run_python):
    """Three completed runs called otter."""
    assert run_python(RUNS).code == 0


@pytest.mark.usefixtures("three_runs")
def test_a_table_is_drawn_with_box_and_colour(in_terminal):
    session = in_terminal("flow-run", "ls")

    assert session.end() == 0
    assert "╭─" in session.shown
    assert "\x1b[32motter 2" in session.shown


@pytest.mark.usefixtures("three_runs")
@pytest.mark.parametrize("how", [{"env": {"NO_COLOR": "1"}}, {"flags": ["--no-color"]}])
def test_without_colour_no_escape_is_sent_at_all(in_terminal, how):
    session = in_terminal(*how.get("flags", []), "flow-run", "ls", env=how.get("env"))

    assert session.end() == 0
    assert "otter 2" in session.shown
    assert "\x1b" not in session.shown


@pytest.mark.usefixtures("three_runs")
@pytest.mark.parametrize("columns", [60, 80])
def test_a_narrow_terminal_keeps_names_and_states_whole(in_terminal, columns):
    session = in_terminal("flow-run", "ls", columns=columns, env={"NO_COLOR": "1"})

    assert session.end() == 0
    for number in range(3):
        assert f"otter {number}" in session.shown
    assert session.shown.count("✓ Completed") == 3
    assert max(map(len, session.shown.splitlines())) <= columns


def test_help_has_bold_headings_where_the_terminal_takes_them(in_terminal):
    plain, bold = in_terminal("--help", env={"NO_COLOR": "1"}), in_terminal("--help")

    assert (plain.end(), bold.end()) == (0, 0)
    assert "\x1b" not in plain.shown
    assert "\x1b[1mCommands:" in bold.shown


@pytest.mark.usefixtures("three_runs")
@pytest.mark.parametrize(("answer", "code", "left"), [("y", 0, 2), ("n", 1, 3), ("", 1, 3)])
def test_deleting_asks_first_and_takes_no_for_an_answer(in_terminal, pacc_process, answer, code, left):
    session = in_terminal("flow-run", "delete", "otter 1")
    session.wait_for("[y/N]: ")
    session.say(f"{answer}\n")

    assert session.end() == code
    assert len(pacc_process("flow-run", "ls", "-o", "plain").stdout.splitlines()) == left


@pytest.mark.usefixtures("three_runs")
def test_ctrl_c_at_a_question_deletes_nothing(in_terminal, pacc_here):
    session = in_terminal("flow-run", "delete", "otter 1")
    session.wait_for("[y/N]: ")
    session.process.send_signal(signal.SIGINT)

    assert session.end() == 130
    assert "Traceback" not in session.shown
    assert len(pacc_here("flow-run", "ls", "-o", "plain").stdout.splitlines()) == 3


@pytest.mark.usefixtures("three_runs")
@pytest.mark.parametrize(
    "arguments", [["flow-run", "delete", "-y", "@last"], ["--no-prompt", "flow-run", "delete", "@last"]]
)
def test_nothing_is_asked_of_those_who_said_so(in_terminal, arguments):
    session = in_terminal(*arguments)

    assert session.end() == 0
    assert "Deleted flow run" in session.shown
    assert "[y/N]" not in session.shown


ENDLESS = """
import time
from pacc import flow, get_run_logger

@flow(flow_run_name="endless")
def endless():
    while True:
        get_run_logger().info("still here")
        time.sleep(0.05)

endless()
"""


@pytest.mark.parametrize(("ending", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -15)])
def test_following_ends_when_asked_to(processes, pacc_process, ending, code):
    processes.start(sys.executable, processes.script(ENDLESS))
    while "endless" not in pacc_process("flow-run", "ls").stdout:
        time.sleep(0.1)
    following = processes.start(sys.executable, "-m", "pacc", "flow-run", "logs", "-f", "endless")
    assert "still here" in following.stdout.readline()

    following.send_signal(ending)
    finished = processes.finish(following)

    assert finished.code == code
    assert "Traceback" not in finished.stderr


@pytest.mark.usefixtures("three_runs")
def test_a_reader_that_has_seen_enough_ends_the_command_quietly(processes):
    reading = processes.start(sys.executable, "-m", "pacc", "flow-run", "ls", "-o", "json")
    reading.stdout.close()

    assert reading.wait(timeout=10) in (0, 1)
    assert reading.stderr.read() == ""


@pytest.mark.usefixtures("three_runs")
def test_a_terminal_that_cannot_move_its_cursor_gets_the_piped_form(in_terminal):
    session = in_terminal("flow-run", "ls", env={"TERM": "dumb"})

    assert session.end() == 0
    assert "╭" not in session.shown
    assert "\x1b" not in session.shown


# -- questions ---------------------------------------------------------------------------------------------------------


def test_a_form_asks_for_each_field_until_the_answer_can_be_used(in_terminal, pacc_home):
    session = in_terminal("block", "create", "webhook")

    for question, answer in [
        ('method ["POST"]: ', "BREW"), ("is none of GET, POST", None), ('method ["POST"]: ', ""),
        ("url: ", ""), ("it is needed", None), ("url: ", "http://token-canary"),
        ("headers: ", ""), ("allow_private_urls [true]: ", "n"), ("verify [true]: ", ""),
        ("Name: ", "Bad Name"), ("is no name for a block", None), ("Name: ", "it"),
    ]:  # fmt: skip
        session.wait_for(question)
        session.shown = session.shown[session.shown.index(question) + len(question) :]
        if answer is not None:
            session.say(f"{answer}\n")
    session.wait_for('Saved block "webhook/it".')

    assert session.end() == 0
    assert "canary" not in session.shown
    found = Block.load("webhook/it")
    assert (found.method, found.url.get_secret_value()) == ("POST", "http://token-canary")
    assert (found.allow_private_urls, found.verify) == (False, True)


def test_a_form_that_is_left_saves_nothing(in_terminal, pacc_home):
    session = in_terminal("block", "create", "string")
    session.wait_for("value: ")
    session.say("\x04")

    assert session.end() == 130
    assert block_listing.summaries(open_store(pacc_home)) == []


PAUSED = """
from pydantic import Field
from pacc import flow, pause_flow_run
from pacc.input import RunInput

class Approval(RunInput):
    approved: bool = Field(description="may it go on")
    copies: int = 1
    reason: str

@flow(flow_run_name="waiting otter")
def asking():
    answer = pause_flow_run(wait_for_input=Approval.with_initial_data("Shall it be printed?"))
    print(answer.approved, answer.copies, answer.reason)

asking()
"""


def test_a_paused_run_asks_for_its_input_field_by_field(processes, pacc_process, in_terminal):
    script = processes.start(sys.executable, processes.script(PAUSED))
    end = time.monotonic() + 60
    while "Paused" not in pacc_process("flow-run", "ls", "-o", "plain").stdout:
        assert time.monotonic() < end
    refused = pacc_process("flow-run", "resume", "waiting otter")
    assert refused.code == 1
    assert "asks for input: approved, copies, reason" in refused.stderr
    session = in_terminal("flow-run", "resume", "waiting otter")
    session.wait_for("Shall it be printed?")
    session.wait_for("approved (yes or no, needed. may it go on)")
    session.wait_for("approved: ")
    session.say("perhaps\n")
    session.wait_for("neither yes nor no")
    session.say("yes\n")
    session.wait_for("copies [1]: ")
    session.say("\n")
    session.wait_for("reason: ")
    session.say("why not\n")
    session.wait_for('Resumed flow run "waiting otter".')
    assert session.end() == 0
    assert processes.finish(script).stdout == "True 1 why not\n"


@pytest.mark.usefixtures("three_runs")
def test_the_dashboard_is_drawn_takes_another_size_and_leaves_the_terminal_as_it_was(in_terminal):
    session = in_terminal(
        "dashboard",
        "--screen",
        "runs",
        columns="",
        env={"NO_COLOR": "1", "SHELL": "/bin/sh", "PS1": "shell> "},
    )
    _resize(session.ours, rows=30, columns=100)
    session.wait_for("otter 0")
    session.say("!")  # a shell in the folder of the run's flow
    session.wait_for("shell> ")
    session.say("echo in-$((40 + 2)); ls; exit\n")
    session.wait_for("in-42")
    session.wait_for(".py")
    session.shown = ""
    session.wait_for("otter 0")
    session.say("M")
    session.wait_for("the flow itself")
    _resize(session.ours, rows=20, columns=60)
    os.killpg(session.process.pid, signal.SIGWINCH)
    session.shown = ""
    session.say("1")
    session.wait_for("Needs a look")
    session.say("q")
    assert session.end() == 0
    assert "\x1b[?1049l" in session.shown  # the screen that was there before is there again


@pytest.mark.usefixtures("three_runs")
def test_the_dashboard_ends_with_its_terminal_also_where_nobody_tells_it(in_terminal):
    session = in_terminal("dashboard", columns="")  # the terminal is not the one that would send it SIGHUP
    session.wait_for("Needs a look")
    os.close(session.ours)
    session.ours = os.open(os.devnull, os.O_RDONLY)
    assert session.process.wait(timeout=60) == -signal.SIGHUP


def _resize(terminal, *, rows, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


@pytest.mark.usefixtures("three_runs")
def test_the_dashboard_gives_the_terminal_to_the_persons_pager_and_takes_it_back(in_terminal, tmp_path):
    read = tmp_path / "read"
    session = in_terminal("dashboard", "--screen", "@last", env={"PAGER": f"cat > {read}", "LINES": "24"})
    session.wait_for("timeline")
    session.say("E")
    session.wait_for("$ pacc flow-run logs ")
    session.say("q")
    assert session.end() == 0
    assert "Finished in state Completed()" in read.read_text()
