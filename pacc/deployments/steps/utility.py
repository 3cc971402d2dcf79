"""Steps that run other programs: a script, an installation."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING

from pacc.exceptions import StepExecutionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["pip_install_requirements", "run_shell_script"]


def run_shell_script(
    script: str,
    directory: str | None = None,
    env: Mapping[str, str] | None = None,
    stream_output: bool = True,
    expand_env_vars: bool = False,
    shell: bool = False,
) -> dict[str, str]:
    """Run commands, one a line, until one fails.

    Args:
        script: the commands.
        directory: where to run them; the current folder by default.
        env: environment variables besides those of this process.
        stream_output: show what they write as they write it.
        expand_env_vars: put the values of environment variables where `$NAME` stands.
        shell: hand the whole script to a shell instead, with pipes and all.

    Returns:
        What they wrote: `stdout` and `stderr`.

    Raises:
        StepExecutionError: one failed or is not there.

    >>> run_shell_script("git rev-parse HEAD", stream_output=False)["stdout"]  # doctest: +SKIP
    '3059aee418bb90de8a43f53ab5f55c3a00000000'
    """
    surroundings = {**os.environ, **{name: str(value) for name, value in (env or {}).items()}}
    text = _expanded(script, surroundings) if expand_env_vars else script
    commands = (
        [["sh", "-c", text]] if shell else [words for line in text.splitlines() if (words := _words(line))]
    )
    said, complained = [], []
    for command in commands:
        out, err = _run(command, directory, surroundings, stream=stream_output)
        said.append(out)
        complained.append(err)
    return {"stdout": "".join(said).strip(), "stderr": "".join(complained).strip()}


def pip_install_requirements(
    directory: str | None = None, requirements_file: str = "requirements.txt", stream_output: bool = True
) -> dict[str, str]:
    """Install what a file lists, with the pip of this Python.

    Args:
        directory: where the file is; the current folder by default.
        requirements_file: the file.
        stream_output: show what pip writes.

    Returns:
        What pip wrote: `stdout` and `stderr`.

    Raises:
        StepExecutionError: there is no such file, or pip failed.

    >>> pip_install_requirements("flows")  # doctest: +SKIP
    """
    command = [sys.executable, "-m", "pip", "install", "-r", requirements_file]
    out, err = _run(command, directory, dict(os.environ), stream=stream_output)
    return {"stdout": out.strip(), "stderr": err.strip()}


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError as error:
        raise StepExecutionError(f"{line!r} is no command: {error}") from None


def _expanded(script: str, variables: Mapping[str, str]) -> str:
    from string import Template  # start-up: rarely asked for

    return Template(script).safe_substitute(variables)


def _run(
    command: Sequence[str], directory: str | None, surroundings: Mapping[str, str], *, stream: bool
) -> tuple[str, str]:
    """Run one command and return what it wrote to its two outputs; each is read as it comes, so neither can block it."""
    try:
        process = subprocess.Popen(  # noqa: S603 - running what the user wrote is its purpose
            command, cwd=directory, env=dict(surroundings), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, errors="replace",
        )  # fmt: skip
    except OSError as error:
        raise StepExecutionError(f"{command[0]!r} cannot be run: {error.strerror}") from None
    with process:
        complained: list[str] = []
        reader = threading.Thread(
            target=_collect, args=(process.stderr, complained, sys.stderr if stream else None)
        )
        reader.start()
        said: list[str] = []
        _collect(process.stdout, said, sys.stdout if stream else None)
        reader.join()
    if process.returncode:
        last = "".join(complained).strip().splitlines()
        why = f": {last[-1]}" if last else ""
        raise StepExecutionError(f"{shlex.join(command)!r} failed with exit code {process.returncode}{why}")
    return "".join(said), "".join(complained)


def _collect(source: IO[str] | None, kept: list[str], shown: IO[str] | None) -> None:
    for line in source or ():
        kept.append(line)
        if shown is not None:
            shown.write(line)
            shown.flush()
