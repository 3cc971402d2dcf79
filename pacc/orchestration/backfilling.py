"""Which times a backfill makes runs for, and how many of them now: pure decisions."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from pacc.orchestration.occurrences import occurrences
from pacc.schemas.backfills import BackfillMode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from pacc.schemas.schedules import AnySchedule

MOST = 100_000
"""So many runs one backfill makes at most."""

_BAD = frozenset({"FAILED", "CRASHED"})


def wanted_times(
    schedules: Iterable[tuple[str, AnySchedule]],
    first: datetime,
    last: datetime,
    mode: BackfillMode,
    known: Mapping[datetime, str],
) -> list[tuple[datetime, str]]:
    """Return the times to make runs for, each with its schedule's id, in order; one more than `MOST` at most.

    Args:
        schedules: the schedules, by id.
        first: the first moment that counts.
        last: the last one.
        mode: which of the times are wanted.
        known: the times that have runs, with the type of state of the newest run of each.
    """
    merged = heapq.merge(
        *(
            ((time, identity) for time in occurrences(schedule, first, last))
            for identity, schedule in schedules
        )
    )
    found: list[tuple[datetime, str]] = []
    for time, identity in merged:
        if _is_wanted(mode, known.get(time)):
            found.append((time, identity))
        if len(found) > MOST:
            break
    return found


def _is_wanted(mode: BackfillMode, state: str | None) -> bool:
    if mode is BackfillMode.MISSING:
        return state is None
    return mode is BackfillMode.ALL or state in _BAD


def room(max_active: int, is_open: int, left: int) -> int:
    """Return how many runs to make now.

    Args:
        max_active: how many may be open at once.
        is_open: how many are.
        left: how many are still to be made.

    >>> room(4, 1, 100), room(4, 9, 100), room(4, 0, 2)
    (3, 0, 2)
    """
    return max(0, min(max_active - is_open, left))
