"""Starts supervisors in interpreters of their own."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


ASSIGNMENT = "PACC__ASSIGNMENT"
"""The environment variable by which a command that begins `python -m pacc.flow_engine` is told what to supervise."""


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
    """Have a run executed that nobody claimed, and wait for it.

    A Ctrl-C ends the run as a termination signal does, another one kills its processes.

    Returns:
        0 once its outcome is written, whatever it is; 1 where it could not be executed, which was said on standard error.
    """
    supervisor = spawn(flow_run_id)
    while True:
        try:
            return supervisor.wait()
        except KeyboardInterrupt:
            supervisor.send_signal(signal.SIGTERM)
