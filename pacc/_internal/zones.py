"""Wall clocks: time zones by name, and the moments at which a zone's clock shows a time.

Clocks are put forward and back. One rule covers both: a wall time happens at the first moment at which the zone's clock shows it
or a later one. A time that a change skips so falls on the change itself; one that happens twice counts the first time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

_SECOND = timedelta(seconds=1)
_NO_TIME = timedelta(0)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """Return the time zone of an IANA name.

    Raises:
        ValueError: there is no zone of that name.

    >>> zone("Europe/Berlin").key
    'Europe/Berlin'
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f'no time zone "{name}"') from None


def first_moment(wall: datetime, at: tzinfo) -> datetime:
    """Return the first moment, in UTC, at which a zone's clock shows a wall time or a later one.

    >>> first_moment(datetime(2024, 3, 10, 2, 30), zone("America/New_York")).isoformat()  # skipped: clocks go from 2 to 3
    '2024-03-10T07:00:00+00:00'
    """
    before, after = _offsets(wall, at)
    if before >= after:
        return (wall - before).replace(tzinfo=UTC)
    return _change_between((wall - after).replace(tzinfo=UTC), (wall - before).replace(tzinfo=UTC), at)


def _offsets(wall: datetime, at: tzinfo) -> tuple[timedelta, timedelta]:
    """The zone's offsets for a wall time as read before and after a change; they differ only near one."""
    return wall.replace(tzinfo=at).utcoffset() or _NO_TIME, (
        wall.replace(tzinfo=at, fold=1).utcoffset() or _NO_TIME
    )


def _change_between(low: datetime, high: datetime, at: tzinfo) -> datetime:
    """The moment of the zone's change that lies after `low` and not after `high`."""
    old = low.astimezone(at).utcoffset()
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if middle <= low:
            break
        if middle.astimezone(at).utcoffset() == old:
            low = middle
        else:
            high = middle
    return high


def every_moment(walls: Iterable[datetime], at: tzinfo) -> Iterator[datetime]:
    """Yield, in order, each moment at which a zone's clock shows one of the wall times: none when skipped, two when repeated.

    Args:
        walls: naive times, rising.
        at: the zone.
    """
    second_pass: list[datetime] = []
    for wall in walls:
        before, after = _offsets(wall, at)
        if before < after:
            continue
        if before > after:
            second_pass.append((wall - after).replace(tzinfo=UTC))
        elif second_pass:
            yield from second_pass
            second_pass = []
        yield (wall - before).replace(tzinfo=UTC)
    yield from second_pass


def earliest_wall(start: datetime, at: tzinfo) -> datetime:
    """Return a wall time no later than any whose moments, by `first_moment` or `every_moment`, are `start` or later."""
    here = start.astimezone(at)
    just_before = (start - _SECOND).astimezone(at)
    local = here.replace(tzinfo=None, fold=0)
    before, after = _offsets(local, at)
    return min(local - max(before - after, _NO_TIME), just_before.replace(tzinfo=None, fold=0))
