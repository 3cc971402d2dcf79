"""Shell commands as flows: what `pacc shell watch` runs and `pacc shell serve` schedules."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any

from pacc.exceptions import ShellCommandFailed
from pacc.flows import flow
from pacc.logging import get_run_logger
from pacc.states import Failed

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["run_shell_command"]

_SHELLS = frozenset({"ash", "bash", "dash", "fish", "ksh", "mksh", "sh", "zsh"})
_GRACE = 10.0
"""Seconds a command has to end after it was asked to."""


@flow(name="Shell Command")
def run_shell_command(command: str, log_output: bool = True, stream_stdout: bool = True) -> Any:
    """Run a command in the user's shell; its lines become log lines, its exit code the state of the run.

    Args:
        command: what the shell is given, pipes, quotes and all; it runs in the folder and environment of this process.
        log_output: whether what it says is logged at all.
        stream_stdout: log its standard output line by line as it comes; otherwise at once when it has ended.

    Returns:
        The exit code, which is 0.

    Raises:
        ShellCommandFailed: it ended with another exit code, or by a signal.

    >>> run_shell_command("echo hello | tr a-z A-Z")
    0
    """
    logger = get_run_logger()
    say = _Spoken(logger.info) if log_output and stream_stdout else _Kept()
    complain = _Spoken(logger.warning) if log_output else _Kept()
    code = _executed(command, say, complain)
    if log_output and isinstance(say, _Kept) and say.lines:
        logger.info("%s", "\n".join(say.lines))
    if code:
        failure = ShellCommandFailed(_told(command, code), exit_code=code)
        return Failed(message=str(failure), data=failure)  # not raised: a traceback would tell of pacc alone
    return code


class _Spoken:
    """Logs lines as they come."""

    def __init__(self, log: Callable[..., Any]) -> None:
        self._log = log

    def __call__(self, line: str) -> None:
        self._log("%s", line)


class _Kept:
    """Keeps lines for later, or for nobody."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, line: str) -> None:
        self.lines.append(line)


def _executed(command: str, say: Callable[[str], None], complain: Callable[[str], None]) -> int:
    """Run a command to its end; return its exit code, below zero for a signal."""
    process = subprocess.Popen(  # noqa: S602 - a shell command is what was asked for
        command,
        shell=True,
        executable=users_shell(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    readers = [_reader(process.stdout, say), _reader(process.stderr, complain)]
    try:
        code = process.wait()
    except BaseException:
        _end(process)
        raise
    finally:
        for reader in readers:
            reader.join(_GRACE)
    return code


def _reader(stream: IO[str] | None, heard: Callable[[str], None]) -> threading.Thread:
    from pacc.context import with_context  # the line belongs to the run, whichever thread reads it

    def read() -> None:
        if stream is not None:
            with stream, suppress(ValueError):
                for line in stream:
                    heard(line.rstrip("\n"))

    reader = threading.Thread(target=with_context(read), name="pacc-shell", daemon=True)
    reader.start()
    return reader


def _end(process: subprocess.Popen[str]) -> None:
    """Ask a command to end, and end it where it does not."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def users_shell() -> str:
    """Return the shell of the user, `/bin/sh` where the environment names none that takes commands by `-c`.

    >>> os.path.isabs(users_shell())
    True
    """
    shell = os.environ.get("SHELL", "")
    known = os.path.basename(shell) in _SHELLS and os.access(shell, os.X_OK)
    return shell if known else "/bin/sh"


def _told(command: str, code: int) -> str:
    how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"exited with code {code}"
    return f"The command {how}: {command}"
