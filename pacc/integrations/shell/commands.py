"""Shell commands: `ShellOperation` is a block of some, `shell_run_command` a task that runs one."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import DirectoryPath, Field, PrivateAttr

from pacc._internal.steps import in_a_thread
from pacc.blocks.abstract import JobBlock, JobRun, logger_for
from pacc.context import either_colour
from pacc.exceptions import ConfigurationError, PaccException
from pacc.integrations._tasks import EitherColourTask

if TYPE_CHECKING:
    from typing import IO, Self

__all__ = ["ShellCommandFailed", "ShellOperation", "ShellProcess", "shell_run_command"]

GRACE_SECONDS = 5.0
"""How long commands that are ended may take to end themselves."""


class ShellCommandFailed(PaccException, RuntimeError):
    """Shell commands ended with another exit code than 0."""


def _wait(self: Any) -> None:
    """Return once the commands have ended well, and everything they wrote has been read.

    Args:
        self: the started commands.

    Raises:
        ShellCommandFailed: their exit code was another than 0; `fetch_result` still gives what they wrote.

    >>> with ShellOperation(commands=["exit 3"], stream_output=False) as operation:
    ...     operation.trigger().wait_for_completion()
    Traceback (most recent call last):
    ...
    pacc.integrations.shell.commands.ShellCommandFailed: the shell commands of process ... ended with exit code 3
    """
    self.join()
    if self.return_code:
        raise ShellCommandFailed(f"the shell commands of process {self.pid} {self.ending}")
    if self.streams:
        self.logger.info("Process %d completed with exit code 0", self.pid)


def _fetch(self: Any) -> list[str]:
    """Return the lines the commands have written to standard output so far.

    Args:
        self: the started commands.

    >>> with ShellOperation(commands=["echo hello"], stream_output=False) as operation:
    ...     process = operation.trigger()
    ...     process.wait_for_completion()
    ...     process.fetch_result()
    ['hello']
    """
    if self.return_code is None:
        self.logger.info("Process %d is still running, so its result may not be complete", self.pid)
    return list(self.lines)


class ShellProcess(JobRun[list[str]]):
    """Shell commands that were started.

    Args:
        operation: the block that started them.
        process: their process, which leads a session of its own.
        script: the file it reads them from, which is removed once it has ended.
        level: of the log messages that tell what they write.
    """

    def __init__(
        self, operation: ShellOperation, process: subprocess.Popen[bytes], script: str, level: int
    ) -> None:
        self._operation = operation
        self._level = level
        self._process = process
        self._script = script
        self._logger = logger_for(self)
        self.lines: list[str] = []
        """What they have written to standard output so far."""
        self._readers = [
            threading.Thread(target=self._read, args=(process.stdout, "stream output"), daemon=True),
            threading.Thread(target=self._read, args=(process.stderr, "stderr"), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    wait_for_completion = either_colour(_wait, in_a_thread)
    await_for_completion = in_a_thread(_wait)
    fetch_result = either_colour(_fetch)
    afetch_result = in_a_thread(_fetch)

    @property
    def pid(self) -> int:
        """The id of the shell's process."""
        return self._process.pid

    @property
    def return_code(self) -> int | None:
        """The exit code, `None` while the commands run."""
        return self._process.poll()

    @property
    def streams(self) -> bool:
        """Whether what they write is logged as it comes."""
        return self._operation.stream_output

    @property
    def ending(self) -> str:
        """How they ended, in words."""
        code = self.return_code or 0
        return f"were ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

    def join(self) -> None:
        """Wait until the commands have ended, however they did, and everything they wrote has been read.

        What they left running in the background may hold their output open; it is neither waited for nor ended.
        """
        try:
            self._process.wait()
        except BaseException:
            self.end()
            raise
        self._tidy()

    def end(self) -> None:
        """End the commands if they still run, and all they started, the hard way after a few seconds."""
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE_SECONDS)
            self._signal(signal.SIGKILL)
            self._process.wait()
        self._tidy()

    def _tidy(self) -> None:
        for reader in self._readers:
            reader.join(1.0)
        with suppress(FileNotFoundError):
            os.unlink(self._script)

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _read(self, pipe: IO[bytes], label: str) -> None:
        with pipe:
            for raw in pipe:
                line = raw.decode("utf-8", "replace").rstrip("\r\n")
                if label != "stderr":
                    self.lines.append(line)
                if self.streams:
                    self._logger.log(self._level, "%s%s", self._prefix(label), line)

    def _prefix(self, label: str) -> str:
        prefix = self._operation.log_prefix or ""
        return prefix.replace("{pid}", str(self.pid)).replace("{label}", label)


def _trigger(self: Any, **open_kwargs: Any) -> ShellProcess:
    """Start the commands and return them running. Use the block as a context manager: what still runs at its end is ended.

    Args:
        self: the block.
        open_kwargs: what else `subprocess.Popen` takes.

    Raises:
        ConfigurationError: there is no such shell.

    >>> with ShellOperation(commands=["sleep 60"]) as operation:
    ...     operation.trigger().return_code is None
    True
    """
    process: ShellProcess = self.start(open_kwargs)
    self.started.append(process)
    if self.stream_output:
        self.logger.info("Process %d triggered with %d commands", process.pid, len(self.commands))
    return process


def _run(self: Any, **open_kwargs: Any) -> list[str]:
    """Run the commands to their end and return the lines they wrote to standard output.

    Args:
        self: the block.
        open_kwargs: what else `subprocess.Popen` takes.

    Raises:
        ShellCommandFailed: the exit code was another than 0.
        ConfigurationError: there is no such shell.

    >>> ShellOperation(commands=["echo one", "echo two"], stream_output=False).run()
    ['one', 'two']
    """
    process: ShellProcess = self.start(open_kwargs)
    _wait(process)
    return list(process.lines)


def _close(self: Any) -> None:
    """End what still runs of what the block triggered.

    Args:
        self: the block.

    >>> operation = ShellOperation(commands=["sleep 60"], stream_output=False)
    >>> process = operation.trigger()
    >>> operation.close()
    >>> process.ending
    'were ended by SIGTERM'
    """
    while self.started:
        self.started.pop().end()


class ShellOperation(JobBlock[list[str]]):
    """Shell commands, run one after the other in one shell.

    Attributes:
        commands: the lines of a script; it stops at none of them by itself, as `set -e` would.
        stream_output: whether what they write is logged as it comes.
        log_prefix: what stands before each logged line, with `{pid}` and `{label}`; none for the line alone.
        env: variables besides those of this process.
        working_dir: the folder they run in.
        shell: what runs them; bash, or sh where there is none.
        extension: of the file the shell reads them from.

    Example:
        from pacc.integrations.shell import ShellOperation

        ShellOperation(commands=["make data", "wc -l data.csv"], working_dir="/srv/etl").save("data")
        lines = ShellOperation.load("data").run()
    """

    _block_type_name = "Shell Operation"

    commands: list[str] = Field(min_length=1, description="The commands, run one after the other.")
    stream_output: bool = Field(default=True, description="Whether what they write is logged as it comes.")
    log_prefix: str | None = Field(
        default="PID {pid} {label}: ", description="What stands before each logged line."
    )
    env: dict[str, str] = Field(
        default_factory=dict,
        description="Variables besides those of this process.",
        examples=[{"MODE": "fast"}],
    )
    working_dir: DirectoryPath | None = Field(default=None, description="The folder they run in.")
    shell: str | None = Field(default=None, description="What runs them; bash, or sh where there is none.")
    extension: str | None = Field(default=None, description="Of the file the shell reads them from; .sh.")

    _started: list[ShellProcess] = PrivateAttr(default_factory=list)

    run = either_colour(_run, in_a_thread)
    arun = in_a_thread(_run)
    trigger = either_colour(_trigger)
    atrigger = in_a_thread(_trigger)
    close = either_colour(_close, in_a_thread)
    aclose = in_a_thread(_close)

    @property
    def started(self) -> list[ShellProcess]:
        """What was triggered and not closed yet."""
        return self._started

    def start(self, open_kwargs: dict[str, Any], level: int = logging.INFO) -> ShellProcess:
        """Start the commands, in a session of their own so that all of it can be ended.

        Args:
            open_kwargs: what else `subprocess.Popen` takes.
            level: of the log messages that tell what they write.

        Raises:
            ConfigurationError: there is no such shell.
        """
        shell = self.shell or ("bash" if shutil.which("bash") else "sh")
        script = self._script()
        given = {
            "cwd": self.working_dir,
            "stdin": subprocess.DEVNULL,
            **open_kwargs,
            "env": {**os.environ, **self.env, **(open_kwargs.get("env") or {})},
        }
        try:
            process = subprocess.Popen(  # noqa: S603 - running what people write is what the block is for
                [*shell.split(), script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **given
            )  # fmt: skip
        except FileNotFoundError:
            os.unlink(script)
            raise ConfigurationError(f'there is no shell "{shell}" on this machine') from None
        return ShellProcess(self, process, script, level)

    def _script(self) -> str:
        """Write the commands to a file for nobody else's eyes: what stands in an argument list everyone can read."""
        fd, path = tempfile.mkstemp(suffix=self.extension or ".sh", prefix="pacc-")
        with open(fd, "w", encoding="utf-8") as file:
            file.write("\n".join(self.commands) + "\n")
        return path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        _close(self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await in_a_thread(_close)(self)


def _run_command(
    command: str,
    env: dict[str, str] | None = None,
    helper_command: str | None = None,
    shell: str | None = None,
    extension: str | None = None,
    return_all: bool = False,
    stream_level: int = logging.INFO,
    cwd: str | Path | None = None,
) -> list[str] | str:
    """Run a shell command to its end and return the last line it wrote to standard output, or all of them.

    Args:
        command: the command; several lines are a script.
        env: variables besides those of this process.
        helper_command: what is run before it in the same shell, such as `cd data`.
        shell: what runs it; bash, or sh where there is none.
        extension: of the file the shell reads it from.
        return_all: return every line.
        stream_level: the level at which what it writes is logged as it comes.
        cwd: the folder it runs in.

    Raises:
        ShellCommandFailed: the exit code was another than 0.
        ConfigurationError: there is no such shell.

    >>> shell_run_command("echo one; echo two", return_all=True)
    ['one', 'two']
    """
    operation = ShellOperation(
        commands=[line for line in (helper_command, command) if line], env=env or {}, shell=shell,
        extension=extension, working_dir=None if cwd is None else Path(cwd), log_prefix=None,
    )  # fmt: skip
    process = operation.start({}, stream_level)
    _wait(process)
    lines = list(process.lines)
    return lines if return_all else next(reversed(lines), "")


shell_run_command = EitherColourTask(_run_command, name="shell_run_command")
