"""Schedules in the few words a table has room for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pacc._internal.visible import visible
from pacc.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule

if TYPE_CHECKING:
    from pacc.schemas.schedules import AnySchedule

_UNITS = (("d", 86_400), ("h", 3600), ("min", 60))
_DAY = timedelta(days=1)


def in_words(schedule: AnySchedule) -> str:
    """Return a schedule in words: what repeats, then the zone it is meant in.

    Example:
        >>> in_words(CronSchedule(cron="0 9 * * 1", timezone="Europe/Berlin"))
        '0 9 * * 1 Europe/Berlin'
        >>> from datetime import UTC, datetime
        >>> in_words(IntervalSchedule(interval=timedelta(hours=1), anchor_date=datetime(2026, 1, 1, tzinfo=UTC)))
        'every 1 h, anchor 00:00 UTC'
    """
    if isinstance(schedule, IntervalSchedule):
        return f"every {every(schedule.interval)}, anchor {_anchor(schedule)}"
    if isinstance(schedule, CronSchedule):
        both = "" if schedule.day_or else ", both days must fit"
        return f"{visible(schedule.cron)} {schedule.timezone or 'UTC'}{both}"
    if isinstance(schedule, RRuleSchedule):
        return f"{visible(' '.join(schedule.rrule.split()))} {schedule.timezone}"
    return "never"


def in_brief(schedule: AnySchedule) -> str:
    """Return a schedule in words, without the moment an interval counts from: for where it says beside it when it comes next.

    Example:
        >>> in_brief(IntervalSchedule(interval=timedelta(hours=1)))
        'every 1 h'
    """
    return (
        f"every {every(schedule.interval)}" if isinstance(schedule, IntervalSchedule) else in_words(schedule)
    )


def every(interval: timedelta) -> str:
    """Return a distance in the largest units it is whole in.

    Example:
        >>> every(timedelta(minutes=90)), every(timedelta(days=7)), every(timedelta(seconds=0.5))
        ('1 h 30 min', '7 d', '0.5 s')
    """
    rest, parts = interval.total_seconds(), []
    for unit, seconds in _UNITS:
        count, rest = divmod(rest, seconds)
        if count:
            parts.append(f"{count:.0f} {unit}")
    if rest or not parts:
        parts.append(f"{rest:.6f}".rstrip("0").rstrip(".") + " s")
    return " ".join(parts)


def _anchor(schedule: IntervalSchedule) -> str:
    """The part of the anchor that tells: a date too where days alone would not."""
    zone = schedule.timezone or "UTC"
    local = schedule.anchor_date.astimezone(ZoneInfo(zone))
    day = f"{local:%Y-%m-%d} " if schedule.interval > _DAY or _DAY % schedule.interval else ""
    clock = f"{local:%H:%M}" if not local.second and not local.microsecond else f"{local:%H:%M:%S}"
    return f"{day}{clock} {zone}"
