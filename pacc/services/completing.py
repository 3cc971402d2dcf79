"""Names that complete what somebody begins to type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.store.glance import glance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KINDS = (
    "artifact",
    "asset",
    "automation",
    "backfill",
    "block",
    "block-type",
    "deployment",
    "flow",
    "flow-run",
    "limit",
    "notification",
    "result",
    "schedule",
    "tag-limit",
    "task-run",
    "variable",
    "webhook",
    "work-pool",
    "work-queue",
)
"""Whose names the store knows."""

_SHORTCUTS = {"flow-run": ("@last", "@failed"), "task-run": ("@last", "@failed")}
_AT_MOST = 200


def names(home: Path, kind: str, beginning: str, before: str = "") -> list[str]:
    """Return names, and of runs also ids, that begin with what is typed; 200 at most.

    Args:
        home: the folder of the store; it is only looked at.
        kind: one of `KINDS`.
        beginning: what is typed, nothing included.
        before: the argument before it, for what there is of each: a schedule is one of a deployment.

    >>> from pathlib import Path
    >>> names(Path("no home"), "flow-run", "@l")
    ['@last']
    """
    shortcuts = [word for word in _SHORTCUTS.get(kind, ()) if word.startswith(beginning)]
    params = {
        "beginning": beginning,
        "beyond": f"{beginning}\U0010ffff",
        "before": before,
        "limit": _AT_MOST,
    }
    found = (
        row["name"] for statement in _statements(kind, beginning) for row in glance(home, statement, params)
    )
    return [*shortcuts, *(name for name in found if name.isprintable())]


def _statements(kind: str, beginning: str) -> Iterator[str]:
    noun = f"names.{kind.replace('-', '_')}"
    if kind == "flow-run" and not beginning:
        yield f"{noun}_newest"
        return
    yield noun
    if kind in _SHORTCUTS and len(beginning) > 3 and set(beginning) <= set("0123456789abcdef-"):
        yield f"{noun}_id"
