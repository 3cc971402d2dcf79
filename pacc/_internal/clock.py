"""One place that reads the wall clock, in the unit the store keeps: integer microseconds since the epoch, UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_time_ns = time.time_ns


def now() -> int:
    """Return the present moment in microseconds since the epoch."""
    return _time_ns() // 1000


def to_datetime(microseconds: int) -> datetime:
    """Turn stored microseconds into an aware UTC datetime.

    >>> to_datetime(0)
    datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """
    return _EPOCH + timedelta(microseconds=microseconds)


def from_datetime(moment: datetime) -> int:
    """Turn a datetime into microseconds; a naive one is taken as UTC, as Prefect does.

    >>> from_datetime(datetime(1970, 1, 1, 0, 0, 1))
    1000000
    """
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MICROSECOND


def iso(microseconds: int) -> str:
    """Return the moment as ISO 8601 text in UTC, e.g. `2026-11-21T08:28:57.855000Z`."""
    return to_datetime(microseconds).isoformat(timespec="microseconds").replace("+00:00", "Z")
