"""Schedules as people declare them on a deployment: `Cron("0 9 * * *", timezone="Europe/Berlin")`.

A declared schedule is the schedule itself and how the deployment uses it: whether it is active, with which parameters, under which
name, and what becomes of missed and overlapping runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc.exceptions import InvalidSchedule
from pacc.schemas.schedules import (
    AnySchedule,
    Catchup,
    CronSchedule,
    IntervalSchedule,
    NoSchedule,
    Overlap,
    RRuleSchedule,
)

if TYPE_CHECKING:
    from datetime import datetime, timedelta

__all__ = ["Cron", "Interval", "RRule", "Schedule"]


def _now() -> datetime:
    return clock.to_datetime(clock.now())


@dataclass(frozen=True)
class Schedule:
    """A schedule of a deployment. `Cron`, `Interval` and `RRule` are shorter ways to write one.

    Raises:
        InvalidSchedule: more than one of `interval`, `cron` and `rrule` is given, or what is given is wrong.

    >>> Schedule(cron="0 9 * * *", slug="every-morning").to_schedule()
    CronSchedule(cron='0 9 * * *', timezone=None, day_or=True)
    """

    interval: timedelta | None = None
    """The distance between two runs; a number given is of seconds."""
    cron: str | None = None
    """A cron expression."""
    rrule: str | None = None
    """A recurrence rule."""
    timezone: str | None = None
    """The zone meant; UTC unless given."""
    anchor_date: datetime = field(default_factory=_now)
    """Where an interval counts from."""
    day_or: bool = True
    """Whether one of a cron expression's day of month and day of week is enough."""
    active: bool = True
    """Whether it makes runs."""
    parameters: dict[str, Any] = field(default_factory=dict)
    """Parameters of its runs, over those of the deployment."""
    slug: str | None = None
    """Its name, unique within the deployment."""
    catchup: Catchup | str = Catchup.NONE
    """What becomes of times that passed while nothing was there to run them: `none`, `latest` or `all`."""
    overlap: Overlap | str = Overlap.ALLOW
    """What becomes of a run that is due while an earlier one has not ended: `allow`, `skip` or `cancel_previous`."""

    def __post_init__(self) -> None:
        given = [name for name in ("interval", "cron", "rrule") if getattr(self, name) is not None]
        if len(given) > 1:
            raise InvalidSchedule(
                f"a schedule has one of interval, cron and rrule, not {' and '.join(given)}"
            )
        object.__setattr__(self, "catchup", _choice(Catchup, "catchup", self.catchup))
        object.__setattr__(self, "overlap", _choice(Overlap, "overlap", self.overlap))
        schedule = self.to_schedule()
        if isinstance(schedule, IntervalSchedule):
            object.__setattr__(self, "interval", schedule.interval)

    def to_schedule(self) -> AnySchedule:
        """Return the schedule itself, without how it is used.

        >>> Interval(3600).to_schedule().interval
        datetime.timedelta(seconds=3600)
        """
        if self.interval is not None:
            return IntervalSchedule(
                interval=self.interval, anchor_date=self.anchor_date, timezone=self.timezone
            )
        if self.cron is not None:
            return CronSchedule(cron=self.cron, timezone=self.timezone, day_or=self.day_or)
        if self.rrule is not None:
            return RRuleSchedule(rrule=self.rrule, timezone=self.timezone)
        return NoSchedule()


def _choice(kind: type[Any], name: str, value: Any) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise InvalidSchedule(
            f'{name} is one of {", ".join(each.value for each in kind)}, not "{value}"'
        ) from None


def Cron(  # noqa: N802 - Prefect's spelling
    cron: str,
    /,
    timezone: str | None = None,
    day_or: bool = True,
    active: bool = True,
    parameters: dict[str, Any] | None = None,
    slug: str | None = None,
    *,
    catchup: Catchup | str = Catchup.NONE,
    overlap: Overlap | str = Overlap.ALLOW,
) -> Schedule:
    """Return a schedule by cron expression.

    Args:
        cron: five fields, six with seconds last, or an alias such as `@daily`.
        timezone: the zone whose clock is meant; UTC unless given.
        day_or: whether one of day of month and day of week is enough, where both are restricted.
        active: whether it makes runs.
        parameters: parameters of its runs, over those of the deployment.
        slug: its name, unique within the deployment.
        catchup: what becomes of times that passed while nothing was there to run them.
        overlap: what becomes of a run that is due while an earlier one has not ended.

    Raises:
        InvalidSchedule: it cannot be read, fits no day, or there is no such zone.

    >>> Cron("0 9 * * MON", timezone="Europe/Berlin").timezone
    'Europe/Berlin'
    """
    return Schedule(
        cron=cron, timezone=timezone, day_or=day_or, active=active, parameters=parameters or {}, slug=slug,
        catchup=catchup, overlap=overlap,
    )  # fmt: skip


def Interval(  # noqa: N802 - Prefect's spelling
    interval: timedelta | float,
    /,
    anchor_date: datetime | None = None,
    timezone: str | None = None,
    active: bool = True,
    parameters: dict[str, Any] | None = None,
    slug: str | None = None,
    *,
    catchup: Catchup | str = Catchup.NONE,
    overlap: Overlap | str = Overlap.ALLOW,
) -> Schedule:
    """Return a schedule of even distances.

    Args:
        interval: the distance; a number is of seconds. Whole days are days of the zone's calendar.
        anchor_date: a moment that belongs to the schedule; the present unless given. A naive one is read in `timezone`.
        timezone: the zone of whole days; that of the anchor, or UTC, unless given.
        active: whether it makes runs.
        parameters: parameters of its runs, over those of the deployment.
        slug: its name, unique within the deployment.
        catchup: what becomes of times that passed while nothing was there to run them.
        overlap: what becomes of a run that is due while an earlier one has not ended.

    Raises:
        InvalidSchedule: the interval is not positive, or there is no such zone.

    >>> Interval(600).interval
    datetime.timedelta(seconds=600)
    """
    return Schedule(
        interval=interval,  # type: ignore[arg-type] # a number is of seconds
        timezone=timezone, anchor_date=anchor_date or _now(), active=active,
        parameters=parameters or {}, slug=slug, catchup=catchup, overlap=overlap,
    )  # fmt: skip


def RRule(  # noqa: N802 - Prefect's spelling
    rrule: str,
    /,
    timezone: str | None = None,
    active: bool = True,
    parameters: dict[str, Any] | None = None,
    slug: str | None = None,
    *,
    catchup: Catchup | str = Catchup.NONE,
    overlap: Overlap | str = Overlap.ALLOW,
) -> Schedule:
    """Return a schedule by iCalendar recurrence rule.

    Args:
        rrule: `FREQ=...`, or lines of DTSTART, RRULE, RDATE, EXRULE and EXDATE.
        timezone: the zone whose clock is meant; that of DTSTART, or UTC, unless given.
        active: whether it makes runs.
        parameters: parameters of its runs, over those of the deployment.
        slug: its name, unique within the deployment.
        catchup: what becomes of times that passed while nothing was there to run them.
        overlap: what becomes of a run that is due while an earlier one has not ended.

    Raises:
        InvalidSchedule: it cannot be read, never occurs, or there is no such zone.

    >>> RRule("FREQ=WEEKLY;BYDAY=MO").rrule
    'FREQ=WEEKLY;BYDAY=MO'
    """
    return Schedule(
        rrule=rrule, timezone=timezone, active=active, parameters=parameters or {}, slug=slug,
        catchup=catchup, overlap=overlap,
    )  # fmt: skip
