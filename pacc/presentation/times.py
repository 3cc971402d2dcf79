"""Times and durations the way people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.durations import DAY, HOUR, MINUTE, took

if TYPE_CHECKING:
    from datetime import datetime, timedelta

_UNITS = (
    (365 * DAY, "year"),
    (30 * DAY, "month"),
    (7 * DAY, "week"),
    (DAY, "day"),
    (HOUR, "hour"),
    (MINUTE, "minute"),
    (1, "second"),
)


def lasted(duration: timedelta | None) -> str:
    """Return a recorded duration as text, nothing when there is none.

    Example:
        >>> from datetime import timedelta
        >>> lasted(timedelta(seconds=62)), lasted(None)
        ('1m02', '')
    """
    return "" if duration is None else took(duration.total_seconds())


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how far a moment lies from now, in words and one unit.

    Args:
        moment: an aware time, or nothing.
        now: an aware time to count from.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> now = datetime(2026, 11, 21, tzinfo=UTC)
        >>> ago(now - timedelta(minutes=2), now), ago(now + timedelta(hours=3), now)
        ('2 minutes ago', 'in 3 hours')
    """
    if moment is None:
        return ""
    seconds = (now - moment).total_seconds()
    size, unit = next(((size, unit) for size, unit in _UNITS if abs(seconds) >= size), (1, "second"))
    count = int(abs(seconds) // size)
    if count == 0:
        return "just now"
    text = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{text} ago" if seconds > 0 else f"in {text}"


def local(moment: datetime | None) -> str:
    """Return a moment in this machine's time zone, to the millisecond, nothing when there is none.

    Example:
        >>> from datetime import UTC, datetime
        >>> local(datetime(2026, 11, 21, 10, 30, tzinfo=UTC))  # doctest: +SKIP
        '2026-11-21 11:30:00.000+01:00'
    """
    return "" if moment is None else moment.astimezone().isoformat(sep=" ", timespec="milliseconds")


def dated(moment: datetime | None, now: datetime) -> str:
    """Return a moment in this machine's time zone, to the second, and how far it lies from now; nothing when there is none.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> now = datetime(2026, 11, 21, 12, tzinfo=UTC)
        >>> dated(now - timedelta(days=1), now)  # doctest: +SKIP
        '2026-11-20 13:00:00 (1 day ago)'
    """
    return "" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M:%S} ({ago(moment, now)})"


def clock_time(moment: datetime | None, now: datetime) -> str:
    """Return a moment as short as a column of them wants it: today's by the clock, others with their day, in local time.

    Example:
        >>> from datetime import UTC, datetime
        >>> now = datetime(2026, 11, 21, 14, tzinfo=UTC)
        >>> clock_time(now, now)  # doctest: +SKIP
        '15:00:00'
    """
    if moment is None:
        return ""
    here, today = moment.astimezone(), now.astimezone()
    if here.date() == today.date():
        return f"{here:%H:%M:%S}"
    return f"{here:%m-%d %H:%M}" if here.year == today.year else f"{here:%Y-%m-%d}"


def short_ago(moment: datetime | None, now: datetime) -> str:
    """Return how far a moment lies from now in the fewest cells.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> now = datetime(2026, 11, 21, tzinfo=UTC)
        >>> short_ago(now - timedelta(minutes=2), now), short_ago(now + timedelta(hours=3), now)
        ('2m ago', 'in 3h')
    """
    if moment is None:
        return ""
    seconds = (now - moment).total_seconds()
    away = abs(seconds)
    if away < 1:
        return "now"
    unit, size = next(((unit, size) for unit, size in _SHORT if away >= size), ("s", 1))
    text = f"{int(away // size)}{unit}"
    return f"{text} ago" if seconds > 0 else f"in {text}"


_SHORT = (("d", DAY), ("h", HOUR), ("m", MINUTE))
