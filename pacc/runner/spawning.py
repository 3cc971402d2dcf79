"""Starts supervisors in interpreters of their own."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path


ASSIGNMENT = "PACC__ASSIGNMENT"
"""The environment variable by which a command that begins `python -m pacc.flow_engine` or `pacc flow-run execute` is told what to supervise."""


def assignment(flow_run_id: str, session: str) -> dict[str, str]:
    """Return the environment in which such a command executes a run that a session has claimed.

    >>> assignment("01a2", "01a3")
    {'PACC__ASSIGNMENT': '01a2 --claimed-by 01a3'}
    """
    return {ASSIGNMENT: shlex.join([flow_run_id, "--claimed-by", session])}


def assigned() -> tuple[str | None, str | None]:
    """Return the run that this process's environment tells it to execute, and the session that claimed it; `None` where it does not."""
    words = shlex.split(os.environ.get(ASSIGNMENT, ""))
    claimed_by = words[words.index("--claimed-by") + 1 :] if "--claimed-by" in words else []
    return next(iter(words), None), next(iter(claimed_by), None)


def spawn(
    flow_run_id: str,
    *,
    claimed_by: str | None = None,
    stream: bool = True,
    environment: Mapping[str, str | None] | None = None,
    folder: Path | None = None,
    command: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start a fresh interpreter that supervises a run; it goes on whatever becomes of this process.

    Args:
        flow_run_id: the run.
        claimed_by: the session that claimed it, `None` where nobody did.
        stream: whether what it writes comes to this process's standard output and error.
        environment: what its environment has besides; a variable without a value is taken away.
        folder: the folder it is in; that of this process by default.
        command: a command that ends up as `python -m pacc.flow_engine`, as `nice python -m pacc.flow_engine` does.

    Raises:
        OSError: it cannot be started.
    """
    words = [
        flow_run_id,
        *(["--claimed-by", claimed_by] if claimed_by else []),
        *([] if stream else ["--quiet"]),
    ]
    started = [sys.executable, "-m", "pacc.flow_engine", *words] if command is None else shlex.split(command)
    settings = get_current_settings().to_environment_variables(exclude_unset=True)
    given = {**os.environ, **settings, **(environment or {})}
    if command is not None:
        given[ASSIGNMENT] = shlex.join(words)
    return subprocess.Popen(  # noqa: S603 - our own interpreter and code, or what the deployment's owner wrote
        started,
        env={name: value for name, value in given.items() if value is not None},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def execute(flow_run_id: str) -> int:
    """Have a run executed that nobody claimed, or that this process is told to execute, and wait for it.

    A Ctrl-C or a termination signal ends the run, another one kills its processes. Where the settings say so, a termination signal
    lets it be executed again by whoever comes next, or is passed over.

    Returns:
        0 once its outcome is written, whatever it is; 1 where it could not be executed, which was said on standard error.
    """
    run, session = assigned()
    supervisor = spawn(flow_run_id, claimed_by=session if run == flow_run_id else None)
    with _passing_on_termination(supervisor):
        while True:
            try:
                return supervisor.wait()
            except KeyboardInterrupt:
                supervisor.send_signal(signal.SIGTERM)


@contextmanager
def _passing_on_termination(supervisor: subprocess.Popen[bytes]) -> Generator[None, None, None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    wish = get_current_settings().runner.on_sigterm
    number = {"reschedule": signal.SIGUSR2, "terminate": signal.SIGTERM}.get(wish)
    before = signal.signal(
        signal.SIGTERM, lambda *_: supervisor.send_signal(number) if number is not None else None
    )
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
