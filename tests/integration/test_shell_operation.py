"""`ShellOperation`: what commands write comes back and into the log, how they end is told, and nothing of them is left."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
import time
from pathlib import Path

import pytest

from pacc import flow, get_client
from pacc.exceptions import ConfigurationError
from pacc.integrations.shell import ShellOperation, shell_run_command
from pacc.integrations.shell.commands import ShellCommandFailed


@pytest.fixture(autouse=True)
def _scripts_of_ones_own(tmp_path, monkeypatch):
    """Where the block's scripts are, so that a test can see that none is left."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    yield
    assert list((tmp_path / "tmp").iterdir()) == []


def quiet(*commands, **options):
    return ShellOperation(commands=list(commands), stream_output=False, **options)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def gone_soon(pid):
    deadline = time.monotonic() + 60
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_alive(pid)


def test_lines_of_standard_output_come_back():
    assert quiet("echo one; echo oops >&2", "x=two", "echo $x").run() == ["one", "two"]


def test_a_saved_one_is_run_with_its_variables_in_its_folder(tmp_path):
    ShellOperation(
        commands=["pwd", "echo $MODE $HOME_TOO"],
        env={"MODE": "fast"},
        working_dir=tmp_path,
        stream_output=False,
    ).save("it")
    found = ShellOperation.load("it")
    assert found.run(env={"HOME_TOO": "yes"}) == [str(tmp_path), "fast yes"]


def test_commands_that_fail_say_with_which_exit_code():
    with pytest.raises(RuntimeError, match="ended with exit code 3"):
        quiet("echo before", "exit 3").run()
    with pytest.raises(ShellCommandFailed, match="were ended by SIGKILL"):
        quiet("kill -9 $$").run()


@pytest.mark.parametrize(("shell", "command"), [("sh", "echo $0"), ("python3", "print(__name__)")])
def test_another_shell_may_run_them(shell, command):
    assert len(quiet(command, shell=shell).run()) == 1


def test_a_shell_or_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(ConfigurationError, match='there is no shell "nonsense"'):
        quiet("true", shell="nonsense").run()
    with pytest.raises(ValueError, match="working_dir"):
        quiet("true", working_dir=tmp_path / "nothing")
    with pytest.raises(ValueError, match="commands"):
        ShellOperation(commands=[])


def test_what_they_write_is_logged_as_it_comes_with_where_it_was_written():
    @flow
    def build():
        return ShellOperation(commands=["echo out", "echo err >&2"], log_prefix="{label}> ").run()

    assert build() == ["out"]
    with get_client(sync_client=True) as client:
        said = [line.message for line in client.read_logs()]
    assert "stream output> out" in said
    assert "stderr> err" in said


def test_bytes_that_are_no_text_are_shown_all_the_same():
    assert quiet(r"printf '\xff\xfe ok\n'").run() == ["\ufffd\ufffd ok"]


def test_no_argument_list_shows_the_commands_or_the_variables():
    block = quiet("cat /proc/$$/cmdline | tr '\\0' ' '; echo", "true token-canary", env={"X": "env-canary"})
    (line,) = block.run()
    assert "canary" not in line


# -- started and looked after ------------------------------------------------------------------------------------------


def test_started_commands_are_asked_for_what_they_wrote():
    with quiet("echo one", "read line < go", "echo two") as operation:
        process = operation.trigger(cwd=_pipe())
        while process.fetch_result() != ["one"]:
            time.sleep(0.01)
        assert process.return_code is None
        Path(_pipe(), "go").write_text("go\n")
        process.wait_for_completion()
        assert (process.fetch_result(), process.return_code) == (["one", "two"], 0)


def _pipe():
    folder = Path(os.environ["PACC_HOME"]).parent / "pipes"
    folder.mkdir(exist_ok=True)
    if not (folder / "go").exists():
        os.mkfifo(folder / "go")
    return folder


def test_what_still_runs_at_the_end_of_the_block_is_ended_with_all_it_started():
    with quiet(
        "sleep 60 & echo $!", "trap '' TERM; (trap - TERM; sleep 60) & echo $!", "wait; wait"
    ) as operation:
        process = operation.trigger()
        while len(process.fetch_result()) < 2:
            time.sleep(0.01)
        started = [int(pid) for pid in process.fetch_result()]
    assert process.return_code is not None
    assert all(map(gone_soon, [process.pid, *started]))


def test_what_they_leave_in_the_background_is_neither_waited_for_nor_ended():
    began = time.monotonic()
    (pid,) = quiet("sleep 60 > /dev/null 2>&1 & echo $!").run()
    assert time.monotonic() - began < 50
    assert is_alive(int(pid))
    os.kill(int(pid), 9)


def test_an_interruption_ends_them(monkeypatch):
    operation = quiet("sleep 60")
    process = operation.trigger()
    monkeypatch.setattr(process._process, "wait", _interrupted_once(process._process.wait))
    with pytest.raises(KeyboardInterrupt):
        process.wait_for_completion()
    assert gone_soon(process.pid)


def _interrupted_once(real):
    def wait(*arguments):
        monkey.append(1)
        if len(monkey) == 1:
            raise KeyboardInterrupt
        return real(*arguments)

    monkey = []
    return wait


def test_in_async_code_everything_is_awaited():
    async def use():
        async with quiet("echo one") as operation:
            process = await operation.trigger()
            await process.wait_for_completion()
            await asyncio.gather(*(quiet("sleep 0.05").run() for _ in range(3)))
            return await process.fetch_result(), await operation.arun()

    assert asyncio.run(use()) == (["one"], ["one"])


# -- the task ----------------------------------------------------------------------------------------------------------


def test_a_command_is_a_task_of_flows_of_both_colours(tmp_path):
    @flow
    def plain():
        options = {"env": {"MODE": "fast"}, "helper_command": f"cd {tmp_path}"}
        last = shell_run_command("pwd; echo $MODE", **options)
        return last, shell_run_command.submit("echo one; echo two", return_all=True).result()

    @flow
    async def awaiting():
        return await shell_run_command("pwd", cwd=tmp_path), await shell_run_command("true")

    assert plain() == ("fast", ["one", "two"])
    assert asyncio.run(awaiting()) == (str(tmp_path), "")
    runs = get_client(sync_client=True).read_task_runs()
    assert {(run.name.rpartition("-")[0], run.state_name) for run in runs} == {
        ("shell_run_command", "Completed")
    }
    assert len(runs) == 4


def test_a_command_that_fails_is_tried_again_with_a_copy_of_the_task(tmp_path):
    @flow
    def pipeline():
        return shell_run_command.with_options(retries=1)(
            "test -e here || { touch here; exit 3; }", cwd=tmp_path
        )

    assert pipeline() == ""
    with pytest.raises(ShellCommandFailed, match="exit code 3"):
        shell_run_command("exit 3")


def test_what_a_command_writes_is_logged_at_the_level_asked_for():
    @flow
    def pipeline():
        shell_run_command("echo hello", stream_level=logging.WARNING)

    pipeline()
    logs = get_client(sync_client=True).read_logs()
    assert [log.level for log in logs if log.message == "hello"] == [logging.WARNING]
