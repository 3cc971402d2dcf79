"""The moments a schedule stands for: one endless, rising sequence each, that can be entered anywhere.

Moments are UTC. Wall times of cron expressions, recurrence rules and intervals of whole days become moments by the one rule of
`pacc._internal.zones`; what repeats within the hour, and other intervals, follows elapsed time. `docs/schedules.md` has examples.
"""

from __future__ import annotations

import heapq
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from pacc._internal.zones import earliest_wall, every_moment, first_moment, zone
from pacc.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

    from pacc._internal.recurrence import Recurrence, Rule
    from pacc.schemas.schedules import AnySchedule

DAY = timedelta(days=1)
MOST_EXCLUDED = 100_000
"""So many occurrences of a recurrence excluded one after the other, and it is taken to have ended."""

_INSTANT = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)


def occurrences(
    schedule: AnySchedule, start: datetime, end: datetime | None = None, limit: int | None = None
) -> Iterator[datetime]:
    """Yield the moments a schedule stands for, in order and each once.

    Args:
        schedule: the schedule.
        start: the first moment that may be yielded; aware.
        end: the last one that may be; aware. Without it they may go on for ever.
        limit: how many at most.

    Example:
        >>> noon = CronSchedule(cron="0 12 * * *", timezone="Europe/Berlin")
        >>> [each.isoformat() for each in occurrences(noon, datetime(2026, 3, 28, tzinfo=UTC), limit=2)]
        ['2026-03-28T11:00:00+00:00', '2026-03-29T10:00:00+00:00']
    """
    moments = _rising(_moments(schedule, start.astimezone(UTC)), start)
    if end is not None:
        moments = takewhile(lambda moment: moment <= end, moments)
    return islice(moments, limit)


def next_times(schedule: AnySchedule, after: datetime, n: int = 1) -> list[datetime]:
    """Return the next moments a schedule stands for, later than `after`; fewer than `n` where it ends.

    Example:
        >>> hourly = IntervalSchedule(interval=timedelta(hours=1), anchor_date=datetime(2026, 1, 1, 0, 30, tzinfo=UTC))
        >>> next_times(hourly, datetime(2026, 11, 26, 9, 30, tzinfo=UTC))[0].isoformat()
        '2026-11-26T10:30:00+00:00'
    """
    return list(occurrences(schedule, after + _INSTANT, limit=n))


def latest_time(schedule: AnySchedule, start: datetime, before: datetime) -> datetime | None:
    """Return the last moment a schedule stands for from `start` on and earlier than `before`, if there is any.

    Example:
        >>> daily = CronSchedule(cron="@daily")
        >>> latest_time(daily, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC)).isoformat()
        '2026-11-25T00:00:00+00:00'
    """
    back = _SECOND
    while True:
        began = max(start, before - back) if back < before - start else start
        if found := list(occurrences(schedule, began, before - _INSTANT)):
            return found[-1]
        if began <= start:
            return None
        back *= 2


def _rising(moments: Iterator[datetime], start: datetime) -> Iterator[datetime]:
    last = None
    try:
        for moment in moments:
            if moment >= start and (last is None or moment > last):
                yield moment
                last = moment
    except OverflowError:  # the calendar ends with the year 9999
        return


def _moments(schedule: AnySchedule, start: datetime) -> Iterator[datetime]:
    if isinstance(schedule, CronSchedule):
        return _cron(schedule, start)
    if isinstance(schedule, IntervalSchedule):
        return _interval(schedule, start)
    if isinstance(schedule, RRuleSchedule):
        return _recurrence(schedule, start)
    return iter(())


def _cron(schedule: CronSchedule, start: datetime) -> Iterator[datetime]:
    from pacc._internal import cron  # start-up

    at = zone(schedule.timezone or "UTC")
    walls = cron.walls(schedule.cron, _whole_second_before(start, at), day_or=schedule.day_or)
    return every_moment(walls, at) if cron.is_hourly(schedule.cron) else _first_moments(walls, at)


def _whole_second_before(start: datetime, at: tzinfo) -> datetime:
    return earliest_wall(start, at).replace(microsecond=0) - _SECOND


def _first_moments(walls: Iterable[datetime], at: tzinfo) -> Iterator[datetime]:
    return (first_moment(wall, at) for wall in walls)


def _interval(schedule: IntervalSchedule, start: datetime) -> Iterator[datetime]:
    if schedule.interval % DAY:
        return _steps(schedule.anchor_date, schedule.interval, start)
    at = zone(schedule.timezone or "UTC")
    anchor = schedule.anchor_date.astimezone(at).replace(tzinfo=None, fold=0)
    return _first_moments(_steps(anchor, schedule.interval, earliest_wall(start, at)), at)


def _steps(anchor: datetime, step: timedelta, start: datetime) -> Iterator[datetime]:
    """Yield what lies a whole number of steps from the anchor, from `start` on."""
    moment = anchor - (anchor - start) // step * step
    while True:
        yield moment
        moment += step


def _recurrence(schedule: RRuleSchedule, start: datetime) -> Iterator[datetime]:
    from pacc._internal.recurrence import parsed  # start-up

    timezone = schedule.timezone or "UTC"
    at = zone(timezone)
    parts = parsed(schedule.rrule, timezone)
    included = heapq.merge(*(_rule(each, at, start) for each in parts.rules), _first_moments(parts.dates, at))
    return _without(included, _excluded(parts, at, start)) if _excludes(parts) else included


def _excludes(parts: Recurrence) -> bool:
    return bool(parts.excluded_rules or parts.excluded_dates)


def _excluded(parts: Recurrence, at: tzinfo, start: datetime) -> Iterator[datetime]:
    dates = sorted({*_first_moments(parts.excluded_dates, at), *every_moment(parts.excluded_dates, at)})
    return heapq.merge(*(_rule(each, at, start) for each in parts.excluded_rules), dates)


def _rule(each: Rule, at: tzinfo, start: datetime) -> Iterator[datetime]:
    if each.interval is not None:
        return _elapsed(each, each.interval, start)
    about = earliest_wall(start, at)
    walls = (wall for wall in each.from_about(about) if wall >= about)
    return every_moment(walls, at) if each.hourly else _first_moments(walls, at)


def _elapsed(each: Rule, step: timedelta, start: datetime) -> Iterator[datetime]:
    moments = _steps(each.start, step, max(start, each.start))
    last = each.last
    return moments if last is None else takewhile(lambda moment: moment <= last, moments)


def _without(included: Iterator[datetime], excluded: Iterator[datetime]) -> Iterator[datetime]:
    passed_over, out = 0, next(excluded, None)
    for moment in included:
        while out is not None and out < moment:
            out = next(excluded, None)
        if moment != out:
            passed_over = 0
            yield moment
        elif (passed_over := passed_over + 1) > MOST_EXCLUDED:
            return
