"""One place that reads the wall clock, in the unit the store keeps: integer microseconds since the epoch, UTC.

It is also where the engine waits, so that a test can put a clock of its own here (`pacc.testing.clock`) and let an hour pass in
no time. While nobody does, reading the clock costs what it costs anyway.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_time_ns = time.time_ns


class MovedClock(Protocol):
    """A clock in the place of the system's, which moves when a test says so; any thread may use it."""

    def time_ns(self) -> int:
        """Return the present moment in nanoseconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let so much time pass."""
        ...

    async def asleep(self, seconds: float) -> None:
        """Let so much time pass, and others of the event loop go on meanwhile."""
        ...

    def watch(self, seconds: float, ring: Callable[[], None]) -> Callable[[], None]:
        """Call `ring`, once, when so many seconds have passed; return a function that calls that off."""
        ...


_moved: MovedClock | None = None


def moved() -> MovedClock | None:
    """Return the clock a test has put in the place of the system's, `None` nearly always."""
    return _moved


def put(clock: MovedClock | None) -> None:
    """Read and wait by this clock from now on, by the system's where it is `None`. For tests, through `pacc.testing`."""
    global _moved, _time_ns
    _moved = clock
    _time_ns = time.time_ns if clock is None else clock.time_ns


def monotonic() -> float:
    """Return seconds for measuring how long something takes."""
    return time.monotonic() if _moved is None else _moved.monotonic()


def sleep(seconds: float) -> None:
    """Wait in this thread; a moment that has passed is not waited for."""
    (time.sleep if _moved is None else _moved.sleep)(max(0.0, seconds))


async def asleep(seconds: float) -> None:
    """Wait, and let the event loop do other things meanwhile."""
    import asyncio  # start-up: sync programs never pay for it

    await (asyncio.sleep if _moved is None else _moved.asleep)(max(0.0, seconds))


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
