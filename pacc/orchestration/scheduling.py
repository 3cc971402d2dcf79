"""What a scheduler decides at each look: which runs to make, which times to pass over, which runs may start.

Nothing here reads a clock or a store. The caller says what time it is and what there is already, writes what it is told, and may do
so as often as it likes and beside any number of others: a scheduled run is unique by `idempotency_key`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from pacc.orchestration.occurrences import latest_time, next_times, occurrences
from pacc.schemas.schedules import Catchup, Overlap

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from pacc.schemas.schedules import AnySchedule
    from pacc.settings.declared import SchedulerSettings

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """How far ahead runs are made: at least so many and so long, at most so many and so long."""

    min_runs: int = 3
    """Runs made however far away they are."""
    min_time: timedelta = timedelta(hours=1)
    """Runs are made until one is as far away as this."""
    max_runs: int = 100
    """Never more runs than this at once."""
    max_time: timedelta = timedelta(days=100)
    """Never runs farther away than this."""

    @classmethod
    def of(cls, settings: SchedulerSettings) -> Horizon:
        """Return the horizon that settings say."""
        return cls(
            min_runs=settings.min_runs,
            min_time=settings.min_scheduled_time,
            max_runs=settings.max_runs,
            max_time=settings.max_scheduled_time,
        )


DEFAULT_HORIZON = Horizon()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledRun:
    """A run a schedule made, as far as deciding about it takes."""

    id: UUID
    """The flow run's id."""
    time: datetime
    """When it was due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do about one schedule now."""

    create: tuple[datetime, ...]
    """The times to make runs for, in order: missed ones first, then those to come."""
    passed_over: tuple[datetime, ...]
    """Missed times that get no run, in order, as far as they were counted."""
    made_until: datetime
    """What to give as `made_until` the next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What to do about the runs of one schedule that are due."""

    start: tuple[UUID, ...]
    """They may start."""
    skip: tuple[UUID, ...]
    """They are passed over, and never start."""
    cancel: tuple[UUID, ...]
    """They are to be cancelled; what starts does not wait for their end."""


def idempotency_key(deployment_id: UUID | str, schedule_id: UUID | str, time: datetime) -> str:
    """Return the key that only one run of a deployment has: the one its schedule makes for this time.

    >>> idempotency_key("d", "s", datetime(2026, 11, 26, 9, tzinfo=UTC))
    'scheduled d s 2026-11-26T09:00:00+00:00'
    """
    return f"scheduled {deployment_id} {schedule_id} {time.astimezone(UTC).isoformat()}"


def times_ahead(schedule: AnySchedule, now: datetime, horizon: Horizon = DEFAULT_HORIZON) -> list[datetime]:
    """Return the times, from `now` on, that there should be runs for.

    >>> from pacc.schemas.schedules import CronSchedule
    >>> now = datetime(2026, 11, 26, 9, 0, 30, tzinfo=UTC)
    >>> len(times_ahead(CronSchedule(cron="* * * * *"), now)), len(times_ahead(CronSchedule(cron="@daily"), now))
    (61, 3)
    """
    found: list[datetime] = []
    for time in occurrences(schedule, now, now + horizon.max_time, horizon.max_runs):
        found.append(time)
        if len(found) >= horizon.min_runs and time - now >= horizon.min_time:
            break
    return found


def plan(
    schedule: AnySchedule,
    now: datetime,
    *,
    made_until: datetime | None,
    made: Collection[datetime] = (),
    catchup: Catchup = Catchup.NONE,
    horizon: Horizon = DEFAULT_HORIZON,
) -> Plan:
    """Decide which runs of a schedule to make.

    Times to come are given however late or early the last look was, so a clock that jumps loses none. Missed ones are those between
    the last look and now that have no run.

    Args:
        schedule: the schedule.
        now: the present.
        made_until: the `made_until` of the last plan; `None` for a schedule that is new, active again or changed.
        made: times, from `made_until` on, that have a run already, whatever became of it.
        catchup: what becomes of missed times.
        horizon: how far ahead to look; its `max_runs` is also the most missed runs made, and missed times counted, at once.

    Returns:
        What to do. Under `all`, missed runs beyond `max_runs` are left to the next plan, which may be asked for at once.

    >>> from pacc.schemas.schedules import CronSchedule
    >>> hourly, nine = CronSchedule(cron="@hourly"), datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
    >>> [time.hour for time in plan(hourly, nine, made_until=nine - timedelta(hours=3), catchup=Catchup.LATEST).create]
    [9, 10, 11, 12]
    """
    done = set(made)
    ahead = tuple(time for time in times_ahead(schedule, now, horizon) if time not in done)
    if made_until is None or made_until >= now:
        return Plan(create=ahead, passed_over=(), made_until=now)
    missed = (each for each in occurrences(schedule, made_until, now - _INSTANT) if each not in done)
    if catchup is Catchup.ALL:
        return _all_missed(list(islice(missed, horizon.max_runs + 1)), ahead, now, horizon)
    newest = latest_time(schedule, made_until, now) if catchup is Catchup.LATEST else None
    create = () if newest is None or newest in done else (newest,)
    counted = tuple(islice((time for time in missed if time not in create), horizon.max_runs))
    return Plan(create=create + ahead, passed_over=counted, made_until=now)


def _all_missed(missed: list[datetime], ahead: tuple[datetime, ...], now: datetime, horizon: Horizon) -> Plan:
    more = len(missed) > horizon.max_runs
    until = missed[-1] if more else now
    return Plan(create=(*missed[: horizon.max_runs], *ahead), passed_over=(), made_until=until)


def next_look(
    schedule: AnySchedule,
    ahead: Sequence[datetime],
    now: datetime,
    *,
    horizon: Horizon = DEFAULT_HORIZON,
    apart: timedelta = timedelta(minutes=1),
) -> datetime | None:
    """Return when there will be a run to make again; `None` where the schedule has ended.

    Args:
        schedule: the schedule.
        ahead: the times, from `now` on, that have a run, in order.
        now: the present.
        horizon: how far ahead runs are made.
        apart: the least time from one look to the next, unless the runs made ahead would run out before.

    >>> from pacc.schemas.schedules import CronSchedule
    >>> daily, now = CronSchedule(cron="@daily"), datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
    >>> next_look(daily, times_ahead(daily, now), now).isoformat()
    '2026-11-27T00:00:00.000001+00:00'
    """
    newest = ahead[-1] if ahead else now - _INSTANT
    following = next_times(schedule, newest)
    if not following:
        return None
    enters = following[0] - horizon.max_time
    if not ahead:
        return max(enters, now + _INSTANT)
    too_few = ahead[-horizon.min_runs] + _INSTANT if 0 < horizon.min_runs <= len(ahead) else now
    wanted = too_few if horizon.min_runs > len(ahead) else min(too_few, newest - horizon.min_time)
    room = ahead[-horizon.max_runs] + _INSTANT if len(ahead) >= horizon.max_runs else now
    last_chance = max(newest, enters)
    return max(now + _INSTANT, min(max(wanted, room, enters, now + apart), last_chance))


def given_up(waiting: Sequence[ScheduledRun], catchup: Catchup) -> tuple[UUID, ...]:
    """Return which runs, made ahead and due while nothing was there to start them, are not to start any more.

    Args:
        waiting: the runs of one schedule that were due in that time and have not begun, in order of their times.
        catchup: what becomes of missed times.

    >>> from uuid import UUID
    >>> first, second = (ScheduledRun(id=UUID(int=n), time=datetime(2026, 11, 26, n, tzinfo=UTC)) for n in (1, 2))
    >>> given_up([first, second], Catchup.LATEST) == (first.id,)
    True
    """
    ids = tuple(run.id for run in sorted(waiting, key=lambda run: run.time))
    return {Catchup.NONE: ids, Catchup.LATEST: ids[:-1], Catchup.ALL: ()}[catchup]


def admit(due: Sequence[ScheduledRun], unfinished: Sequence[UUID], overlap: Overlap) -> Admission:
    """Decide which of a schedule's due runs start.

    Args:
        due: the runs that are due and have not begun.
        unfinished: the runs of the schedule that have begun and not ended.
        overlap: what becomes of a run that is due while an earlier one has not ended.

    >>> from uuid import UUID
    >>> run, running = ScheduledRun(id=UUID(int=2), time=datetime(2026, 11, 26, tzinfo=UTC)), UUID(int=1)
    >>> admit([run], [running], Overlap.SKIP).skip == (run.id,)
    True
    """
    ids = tuple(run.id for run in sorted(due, key=lambda run: run.time))
    if overlap is Overlap.ALLOW or not ids:
        return Admission(start=ids, skip=(), cancel=())
    if overlap is Overlap.SKIP:
        start = ids[:1] if not unfinished else ()
        return Admission(start=start, skip=ids[len(start) :], cancel=())
    return Admission(start=ids[-1:], skip=ids[:-1], cancel=tuple(unfinished))
