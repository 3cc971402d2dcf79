"""The user's source files that a process has loaded, and whether any of them has changed since."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

_OURS = str(Path(__file__).resolve().parents[1])
_PLACES = ("stdlib", "platstdlib", "purelib", "platlib")


class Sources:
    """The files of the modules loaded by now, without those of Python, of pacc and of what is installed."""

    def __init__(self) -> None:
        self._stamps = {path: _stamp(path) for path in _loaded()}

    def have_changed(self) -> bool:
        """Say whether any of them was edited, replaced or removed."""
        return any(_stamp(path) != stamp for path, stamp in self._stamps.items())


def _loaded() -> set[str]:
    elsewhere = tuple(
        f"{os.path.realpath(place)}{os.sep}"
        for place in (*(sysconfig.get_path(name) for name in _PLACES), _OURS)
        if place
    )
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return {file for file in files if file and not os.path.realpath(file).startswith(elsewhere)}


def _stamp(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
