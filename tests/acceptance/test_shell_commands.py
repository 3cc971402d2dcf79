"""`pacc shell`: commands of the user's shell as flow runs, now and on a schedule."""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest

from pacc.client.orchestration import get_client


@pytest.fixture
def client():
    return get_client(sync_client=True)


def test_a_command_runs_as_in_the_shell_and_its_lines_are_logged(pacc_here, client, tmp_path):
    said = 'echo "a  b" | tr a-z A-Z; cd /; pwd; echo "$COLOUR" >&2; printf last'
    ended = pacc_here("shell", "watch", said, "--tag", "nightly", env={"COLOUR": "red"}, cwd=tmp_path)
    assert ended.code == 0, ended.output
    run = client.read_flow_runs()[0]
    assert (run.state_name, run.tags) == ("Completed", ["nightly", "shell"])
    lines = [(log.level, log.message) for log in client.read_logs()]
    assert [message for level, message in lines if level == 20][:3] == ["A  B", "/", "last"]
    assert (30, "red") in lines


def test_the_exit_code_is_the_state_and_the_exit_code(pacc_here, client):
    ended = pacc_here(
        "shell", "watch", "echo before; exit 3", "--flow-name", "mine", "--flow-run-name", "once {x}"
    )
    assert ended.code == 3
    assert "Traceback" not in ended.output
    run = client.read_flow_runs()[0]
    assert (run.name, run.state_name) == ("once {x}", "Failed")
    assert run.state.message == "The command exited with code 3: echo before; exit 3"
    assert client.read_flow(run.flow_id).name == "mine"


def test_a_command_ended_by_a_signal_says_so(pacc_here, client):
    ended = pacc_here("shell", "watch", "kill -9 $$")
    assert ended.code == 1
    assert "was ended by SIGKILL" in client.read_flow_runs()[0].state.message


def test_nothing_is_logged_where_that_was_asked_for(pacc_here, client):
    pacc_here("shell", "watch", "echo one; echo two >&2", "--no-log-output")
    assert not [log for log in client.read_logs() if log.message in ("one", "two")]
    pacc_here("shell", "watch", "echo one; echo two", "--no-stream-stdout")
    assert "one\ntwo" in [log.message for log in client.read_logs()]


def test_a_command_is_served_in_the_folder_and_environment_of_who_serves_it(
    processes, pacc_here, client, tmp_path
):
    words = [
        "shell",
        "serve",
        "pwd; echo $COLOUR",
        "--flow-name",
        "mine",
        "--deployment-name",
        "d",
        "--tag",
        "x",
    ]
    serving = processes.start(
        sys.executable,
        "-m",
        "pacc",
        *words,
        "--cron-schedule",
        "0 0 1 1 *",
        env={"COLOUR": "red"},
        cwd=tmp_path,
    )
    deadline = time.monotonic() + 60
    while not client.read_deployments() and time.monotonic() < deadline:
        time.sleep(0.05)
    ended = pacc_here("deployment", "run", "mine/d", "--watch", cwd="/")
    assert ended.code == 0, ended.output
    messages = [log.message for log in client.read_logs()]
    assert os.path.realpath(tmp_path) in messages
    assert "red" in messages
    serving.send_signal(signal.SIGINT)
    assert processes.finish(serving).code == 0
    deployment = client.read_deployments()[0]
    assert deployment.tags == ["shell", "x"]


def test_what_is_due_is_done_once(pacc_here, client):
    ended = pacc_here("shell", "serve", "echo hello", "--flow-name", "mine", "--run-once")
    assert ended.code == 0, ended.output
    assert client.read_deployments()[0].name == "CLI Runner Deployment"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["serve", "ls"], 2, "--flow-name is missing"),
        (["serve", "ls", "--flow-name", "x", "--timezone", "UTC"], 2, "--timezone goes with --cron-schedule"),
        (["serve", "ls", "--flow-name", "x", "--cron-schedule", "never"], 1, "never"),
        (
            ["serve", "ls", "--flow-name", "x", "--cron-schedule", "0 0 * * *", "--timezone", "Mars"],
            1,
            "Mars",
        ),
        (["serve", "ls", "--flow-name", "x", "--concurrency-limit", "0"], 2, "--concurrency-limit"),
        (["watch"], 2, "COMMAND"),
        (["watch", "ls", "--flow-name", "a/b"], 1, "a/b"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(pacc_here, words, code, said):
    ended = pacc_here("shell", *words)
    assert ended.code == code, ended.output
    assert said in ended.stderr
    assert "Traceback" not in ended.output
