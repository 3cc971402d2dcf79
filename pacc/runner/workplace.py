"""A folder of a run's own, for code that is fetched for it; it goes when the run has ended."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "work"
"""The folder in the home that these are in."""


def make(home: Path, flow_run_id: str) -> Path:
    """Return the folder of a run, made if it was not there."""
    folder = home / FOLDER / flow_run_id
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def clear(home: Path, flow_run_id: str) -> None:
    """Remove the folder of a run, if it has one."""
    shutil.rmtree(home / FOLDER / flow_run_id, ignore_errors=True)
