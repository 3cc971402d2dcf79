"""Starts supervisors in interpreters of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from pacc.settings import get_current_settings


def spawn(flow_run_id: str, *, claimed_by: str | None = None, stream: bool = True) -> subprocess.Popen[bytes]:
    """Start a fresh interpreter that supervises a run; it goes on whatever becomes of this process.

    Args:
        flow_run_id: the run.
        claimed_by: the session that claimed it, `None` where nobody did.
        stream: whether what it writes comes to this process's standard output and error.
    """
    words = [
        flow_run_id,
        *(["--claimed-by", claimed_by] if claimed_by else []),
        *([] if stream else ["--quiet"]),
    ]
    return subprocess.Popen(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-m", "pacc.flow_engine", *words],
        env={**os.environ, **get_current_settings().to_environment_variables(exclude_unset=True)},
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
