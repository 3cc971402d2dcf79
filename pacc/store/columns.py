"""What a column holds, as records show it: microseconds become moments, text becomes ids and JSON becomes values."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal.clock import to_datetime

if TYPE_CHECKING:
    from datetime import datetime


def identity(text: str | None) -> UUID | None:
    """Return an id, `None` where there is none."""
    return None if text is None else UUID(text)


def moment(microseconds: int | None) -> datetime | None:
    """Return a moment in UTC, `None` where there is none."""
    return None if microseconds is None else to_datetime(microseconds)


def duration(microseconds: int) -> timedelta:
    """Return a length of time."""
    return timedelta(microseconds=microseconds)


def parsed(text: str | None, otherwise: Any) -> Any:
    """Return the value of JSON text, something else where there is none."""
    return otherwise if text is None else json.loads(text)


def estimated_run_time(total: int, state_type: str, since: int, now: int) -> timedelta:
    """Return how long a run's code ran up to now.

    Args:
        total: the time of the starts that are over, in microseconds.
        state_type: the run's present type of state.
        since: when it came into that state, in microseconds since the epoch.
        now: the present moment, in the same unit.

    >>> estimated_run_time(2_000_000, "RUNNING", 10_000_000, 11_000_000)
    datetime.timedelta(seconds=3)
    """
    return duration(total + max(0, now - since) if state_type == "RUNNING" else total)


def lateness(expected: int | None, started: int | None, ended: int | None, now: int) -> timedelta:
    """Return how much later than expected a run started; a run that has neither started nor ended is late up to now."""
    if expected is None or (started is None and ended is not None):
        return duration(0)
    return duration(max(0, (now if started is None else started) - expected))
