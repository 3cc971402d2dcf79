"""A run of a script is retried in a process of its own, which goes on when the dashboard is closed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from pacc.exceptions import PaccException

if TYPE_CHECKING:
    from pathlib import Path

_A_MOMENT = 0.5
"""Seconds in which a process that cannot begin at all has said so."""
_started: list[subprocess.Popen[bytes]] = []


def retry(home: Path, run_id: str) -> None:
    """Have `pacc flow-run retry` run a run again, and return as soon as it has begun or cannot.

    Args:
        home: where the store is.
        run_id: the flow run.

    Raises:
        PaccException: it could not begin; in the words of the command.
    """
    _started[:] = [each for each in _started if each.poll() is None]
    environ = {**os.environ, "PACC_HOME": str(home)}
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(  # noqa: S603 - our own command, and the id of a run
            [sys.executable, "-m", "pacc", "flow-run", "retry", run_id],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=told,
            env=environ,
            start_new_session=True,
        )
        end = time.monotonic() + _A_MOMENT
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        if process.returncode in (None, 0):
            _started.append(process)
            return
        told.seek(0)
        lines = told.read().decode("utf-8", "replace").splitlines()
    said = [line.removeprefix("Error: ") for line in lines if line.startswith("Error: ")]
    if said and "ended in state" not in said[-1]:
        raise PaccException(said[-1])
