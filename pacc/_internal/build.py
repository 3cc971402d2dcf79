"""Which commit a running pacc was built from, so that a bug report says more than a version number.

A built package carries the answer in `_build.json`, written by `hatch_build.py`; a checkout asks git.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_PATIENCE_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """Where a pacc comes from; nothing where that is not known."""

    commit: str | None  #: abbreviated; `-dirty` behind it when the files differed from the commit
    built: datetime | None  #: when the package was built, or when a checkout's commit was made


def build(package: Path = _PACKAGE) -> Build:
    """Return where the pacc in `package` comes from.

    Args:
        package: the folder of the package.

    Example:
        >>> build().commit  # doctest: +SKIP
        '3c06654e'
    """
    try:
        recorded = json.loads((package / "_build.json").read_text(encoding="utf-8"))
        return Build(commit=recorded["commit"], built=_moment(recorded["built"]))
    except (OSError, ValueError, KeyError, TypeError):
        return _checkout(package.parent)


def _checkout(root: Path) -> Build:
    if not (root / ".git").exists():
        return Build(commit=None, built=None)
    commit = _git(root, "describe", "--always", "--dirty", "--abbrev=8", "--exclude=*")
    return Build(commit=commit, built=_moment(_git(root, "log", "-1", "--format=%cI")))


def _git(root: Path, *arguments: str) -> str | None:
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command
            ["git", f"--git-dir={root}/.git", f"--work-tree={root}", *arguments],  # noqa: S607 - whichever git the person uses
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() or None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
