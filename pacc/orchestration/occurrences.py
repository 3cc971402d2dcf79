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

    from pacc._internal.recurrence import Rule
    from pacc.schemas.schedules import AnySchedule

DAY = timedelta(days=1)
MOST_EXCLUDED = 100_000
"""So many occurrences of a recurrence excluded one after the other, and it is taken to have ended."""
LONGEST_EXCLUDED = 100 * 366 * DAY
"""So long a time in which all occurrences of a recurrence are excluded, and it is taken to have ended."""

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
    dates = {*_first_moments(parts.excluded_dates, at), *every_moment(parts.excluded_dates, at)}
    if not dates and not parts.excluded_rules:
        return included
    rules = [_Excluded(each, at) for each in parts.excluded_rules]
    kept = ((each, each not in dates and not any(each in rule for rule in rules)) for each in included)
    return _while_some_are_kept(kept, start)


def _while_some_are_kept(moments: Iterator[tuple[datetime, bool]], start: datetime) -> Iterator[datetime]:
    last_kept, passed_over = start, 0
    for moment, kept in moments:
        if kept:
            yield moment
            last_kept, passed_over = moment, 0
            continue
        passed_over += 1
        if passed_over > MOST_EXCLUDED or moment - last_kept > LONGEST_EXCLUDED:
            return


class _Excluded:
    """The moments of a rule, asked for in rising order; it walks to what is near and enters anew for what is far."""

    _NEAR = 10

    def __init__(self, rule: Rule, at: tzinfo) -> None:
        self._rule, self._at = rule, at
        self._moments: Iterator[datetime] = iter(())
        self._next: datetime | None = None
        self._entered = False

    def __contains__(self, moment: datetime) -> bool:
        near = islice(self._moments, None if self._rule.is_counted else self._NEAR)
        while self._next is not None and self._next < moment:
            self._next = next(near, None)
            if self._next is None:
                self._entered = self._rule.is_counted
        if not self._entered:
            self._moments = _rising(_rule(self._rule, self._at, moment), moment)
            self._next, self._entered = next(self._moments, None), True
        return self._next == moment


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
