"""Shell commands as flows: what `pacc shell watch` runs, `pacc shell serve` schedules and `pacc shell add` puts into a queue."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any

from pacc._internal.annotations import quote
from pacc.cache_policies import NO_CACHE
from pacc.exceptions import ShellCommandFailed
from pacc.flows import flow
from pacc.logging import get_run_logger
from pacc.runtime import flow_run
from pacc.settings import get_current_settings
from pacc.states import Cancelled, Failed
from pacc.store import open_store
from pacc.tasks import task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["run_queued_command", "run_shell_command"]

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


@flow(name="Shell Command")
def run_queued_command(
    command: str, folder: str, retries: int = 0, timeout_seconds: float | None = None
) -> Any:
    """Run a command of the shell queue, in the folder and with the environment it was added from.

    Args:
        command: what the shell is given.
        folder: where it runs.
        retries: how often it is tried again after it failed.
        timeout_seconds: after which it is ended and has failed; each try has as long.

    Returns:
        The exit code, which is 0.

    Raises:
        ShellCommandFailed: it ended with another exit code, or by a signal.

    Example:
        >>> run_queued_command("make", "/srv/shop")  # doctest: +SKIP
    """
    from pacc.services import shell_queue  # start-up: the queue needs cryptography

    job = shell_queue.job(open_store(get_current_settings().home), flow_run.id or "")
    if job.held_up is not None:
        return Cancelled(message=job.held_up)
    execute = _execute.with_options(retries=retries, timeout_seconds=timeout_seconds)
    state = execute(command, folder, quote(job.environment), return_state=True)
    if state.is_completed():
        return 0
    late = (
        f"The command took longer than {timeout_seconds:g} s: {command}" if state.name == "TimedOut" else None
    )
    return Failed(name=state.name, message=late or state.message, data=state.data)


@task(name="Command", cache_policy=NO_CACHE)
def _execute(command: str, folder: str, environment: dict[str, str]) -> Any:
    logger = get_run_logger()
    code = _executed(
        command, _Spoken(logger.info), _Spoken(logger.warning), folder=folder, environment=environment
    )
    if code:
        failure = ShellCommandFailed(_told(command, code), exit_code=code)
        return Failed(message=str(failure), data=failure)
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


def _executed(
    command: str,
    say: Callable[[str], None],
    complain: Callable[[str], None],
    *,
    folder: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Run a command to its end; return its exit code, below zero for a signal."""
    process = subprocess.Popen(  # noqa: S602 - a shell command is what was asked for
        command,
        shell=True,
        executable=users_shell(environment),
        cwd=folder,
        env=environment,
        process_group=0,  # so that all of it can be ended
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
    """Ask a command and what it has started to end, and end what does not."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def users_shell(environment: Mapping[str, str] | None = None) -> str:
    """Return the shell of the user, `/bin/sh` where the environment names none that takes commands by `-c`.

    Args:
        environment: the one that names it, that of this process by default.

    >>> os.path.isabs(users_shell())
    True
    """
    shell = (os.environ if environment is None else environment).get("SHELL", "")
    known = os.path.basename(shell) in _SHELLS and os.access(shell, os.X_OK)
    return shell if known else "/bin/sh"


def _told(command: str, code: int) -> str:
    how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"exited with code {code}"
    return f"The command {how}: {command}"
