"""When a pause ends although nobody resumed the run, and which pauses a run has been through: pure decisions."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Waiting(NamedTuple):
    """A paused run that no process answers for."""

    id: str
    until: str | None
    """The moment its pause ends, as its state's details have it; `None` for one without end."""


class Verdict(NamedTuple):
    """What is to be done about paused runs."""

    expired: list[str]
    """The ids of those whose pause is over."""
    next: int | None
    """When the next one's will be, in microseconds since the epoch."""


def judged(waiting: Iterable[Waiting], now: int) -> Verdict:
    """Return which pauses are over, and when the next one will be.

    Args:
        waiting: the paused runs.
        now: the present moment, in microseconds since the epoch.

    >>> judged([Waiting("a", "1970-01-01T00:00:01+00:00"), Waiting("b", None)], 2_000_000)
    Verdict(expired=['a'], next=None)
    """
    ends = [(microseconds(run.until), run.id) for run in waiting if run.until is not None]
    later = [end for end, _ in ends if end > now]
    return Verdict([name for end, name in ends if end <= now], min(later, default=None))


def microseconds(moment: str) -> int:
    """Return a moment in microseconds since the epoch."""
    return (datetime.fromisoformat(moment) - _EPOCH) // timedelta(microseconds=1)


def resumed_keys(history: str, attempt: int) -> set[str]:
    r"""Return the keys of the pauses that a run has been through within an attempt, from the JSON lines of its history.

    >>> resumed_keys('{"type":"PAUSED","details":{"pause_key":"1"}}\n{"type":"RUNNING"}', 1)
    {'1'}
    """
    found: set[str] = set()
    key = None
    for line in map(json.loads, history.split("\n")):
        if line.get("a", 1) != attempt:
            continue
        if key is not None and line["type"] in ("RUNNING", "SCHEDULED") and not line.get("message"):
            found.add(key)
        key = (line.get("details") or {}).get("pause_key") if line["type"] == "PAUSED" else None
    return found
