"""Schedules: when a deployment runs by itself.

Each is checked as it is made, so whoever holds one need not ask again whether it makes sense. Which moments it stands for is
decided in `pacc.orchestration.occurrences`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias
from zoneinfo import ZoneInfo

from pacc._internal import clock
from pacc.exceptions import InvalidSchedule
from pacc.schemas.choices import Catchup as Catchup  # noqa: PLC0414 - its old address
from pacc.schemas.choices import Overlap as Overlap  # noqa: PLC0414 - its old address

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_RRULE_LENGTH = 6500
"""Characters of a recurrence rule; longer ones are refused."""

NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CronSchedule:
    """Runs at the wall times a cron expression names.

    Raises:
        InvalidSchedule: the expression cannot be read or fits no day, or there is no such zone.

    >>> CronSchedule(cron="0 9 * * MON", timezone="Europe/Berlin").day_or
    True
    """

    cron: str
    """Five fields, six with seconds last, or an alias such as `@daily`."""
    timezone: str | None = None
    """The zone whose clock is meant; UTC where none is given."""
    day_or: bool = True
    """Whether one of day of month and day of week is enough, where the expression restricts both."""

    def __post_init__(self) -> None:
        _check_zone(self.timezone)
        if not isinstance(self.cron, str):
            raise InvalidSchedule(f"a cron schedule is a text, not {self.cron!r}")
        _check_cron(self.cron, self.day_or)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalSchedule:
    """Runs at even distances from an anchor, before it as well as after it.

    Raises:
        InvalidSchedule: the interval is not positive, or there is no such zone.

    >>> IntervalSchedule(interval=timedelta(hours=1), anchor_date=datetime(2026, 1, 1, tzinfo=UTC)).timezone
    'UTC'
    """

    interval: timedelta
    """The distance. Whole days are days of the zone's calendar, anything else is elapsed time. Also seconds, as a number."""
    anchor_date: datetime = None  # type: ignore[assignment] # filled in below
    """A moment that belongs to the schedule; the present one unless given. Naive ones are read in `timezone`."""
    timezone: str | None = None
    """The zone of whole days; that of the anchor, or UTC, unless given."""

    def __post_init__(self) -> None:
        _check_zone(self.timezone)
        interval = _duration(self.interval)
        if interval <= NO_TIME:
            raise InvalidSchedule(f"the interval of a schedule must be longer than nothing, not {interval}")
        anchor = clock.to_datetime(clock.now()) if self.anchor_date is None else _moment(self.anchor_date)
        timezone = self.timezone or _zone_of(anchor) or "UTC"
        object.__setattr__(self, "interval", interval)
        object.__setattr__(self, "timezone", timezone)
        object.__setattr__(self, "anchor_date", _in_utc(anchor, timezone))


@dataclass(frozen=True, slots=True, kw_only=True)
class RRuleSchedule:
    """Runs as an iCalendar recurrence rule says, or a set of rules and dates.

    Raises:
        InvalidSchedule: the rule cannot be read, is longer than `MAX_RRULE_LENGTH` or never occurs, or there is no such zone.

    >>> RRuleSchedule(rrule="FREQ=WEEKLY;BYDAY=MO,WE;BYHOUR=9;BYMINUTE=0", timezone="Europe/Berlin").timezone
    'Europe/Berlin'
    """

    rrule: str
    """The rule: `FREQ=...`, or lines of DTSTART, RRULE, RDATE, EXRULE and EXDATE. Without DTSTART it starts with the year 2020."""
    timezone: str | None = None
    """The zone whose clock is meant; that of DTSTART, or UTC, unless given."""

    def __post_init__(self) -> None:
        from pacc._internal.recurrence import zone_in  # start-up

        if not isinstance(self.rrule, str) or len(self.rrule) > MAX_RRULE_LENGTH:
            raise InvalidSchedule(f"a recurrence rule is a text of at most {MAX_RRULE_LENGTH} characters")
        object.__setattr__(self, "timezone", self.timezone or zone_in(self.rrule) or "UTC")
        _check_zone(self.timezone)
        _check_rrule(self.rrule, self.timezone or "UTC")

    @classmethod
    def from_rrule(cls, rrule: Any) -> RRuleSchedule:
        """Return the schedule of one of dateutil's rules or sets of rules, in the zone of its start.

        >>> from dateutil.rrule import DAILY, rrule
        >>> RRuleSchedule.from_rrule(rrule(DAILY, dtstart=datetime(2024, 1, 1, 9))).rrule.splitlines()
        ['DTSTART:20240101T090000', 'RRULE:FREQ=DAILY']
        """
        from pacc._internal.recurrence import written  # start-up

        try:
            text, timezone = written(rrule)
        except ValueError as wrong:
            raise InvalidSchedule(f"this recurrence rule cannot be kept: {wrong}") from None
        return cls(rrule=text, timezone=timezone)

    def to_rrule(self) -> Any:
        """Return dateutil's set of rules for this schedule, with times in its zone.

        >>> rules = RRuleSchedule(rrule="FREQ=DAILY", timezone="Europe/Berlin").to_rrule()
        >>> rules[0].isoformat()
        '2020-01-01T00:00:00+01:00'
        """
        from pacc._internal.recurrence import in_its_zone  # start-up

        return in_its_zone(self.rrule, self.timezone or "UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSchedule:
    """Never runs: what a deployment says that wants the schedules of its file removed."""


AnySchedule: TypeAlias = IntervalSchedule | CronSchedule | RRuleSchedule | NoSchedule
SCHEDULE_TYPES = (IntervalSchedule, CronSchedule, RRuleSchedule, NoSchedule)


def schedule_as_json(schedule: AnySchedule) -> dict[str, Any]:
    """Return a schedule as JSON holds it: the interval in seconds, the anchor as ISO 8601 in UTC.

    >>> schedule_as_json(CronSchedule(cron="@daily"))
    {'cron': '@daily', 'timezone': None, 'day_or': True}
    """
    held = {field.name: getattr(schedule, field.name) for field in fields(schedule)}
    if isinstance(schedule, IntervalSchedule):
        held["interval"] = schedule.interval.total_seconds()
        held["anchor_date"] = schedule.anchor_date.isoformat().replace("+00:00", "Z")
    return held


def schedule_from_json(held: Mapping[str, Any], *, checked: bool = True) -> AnySchedule:
    """Return the schedule that JSON holds; its fields say which kind it is.

    Args:
        held: what `schedule_as_json` returned, or what a person wrote in that form.
        checked: false for what pacc wrote itself, which need not be read a second time.

    Raises:
        InvalidSchedule: it is none of the kinds, or wrong in itself.

    >>> schedule_from_json({"interval": 3600.0, "anchor_date": "2026-01-01T00:00:00Z"}).interval
    datetime.timedelta(seconds=3600)
    """
    if not held:
        return NoSchedule()
    kind = next((kind for kind in SCHEDULE_TYPES[:3] if fields(kind)[0].name in held), None)
    if kind is None:
        raise InvalidSchedule("a schedule has one of cron, interval and rrule")
    known = {field.name for field in fields(kind)}
    if unknown := sorted(set(held) - known):
        raise InvalidSchedule(f'a schedule with "{fields(kind)[0].name}" has no "{unknown[0]}"')
    return kind(**held) if checked else _as_written(kind, held)


def _as_written(kind: type[AnySchedule], held: Mapping[str, Any]) -> AnySchedule:
    if kind is IntervalSchedule:
        return IntervalSchedule(**held)
    schedule = object.__new__(kind)
    for field in fields(kind):
        object.__setattr__(schedule, field.name, held.get(field.name, field.default))
    return schedule


def construct_schedule(
    interval: float | timedelta | None = None,
    anchor_date: datetime | str | None = None,
    cron: str | None = None,
    rrule: str | None = None,
    timezone: str | None = None,
) -> IntervalSchedule | CronSchedule | RRuleSchedule:
    """Return the schedule that the arguments of `serve` and `deploy` describe.

    Args:
        interval: a distance; a number is of seconds.
        anchor_date: where an interval counts from, a moment or ISO 8601; only with `interval`.
        cron: a cron expression.
        rrule: a recurrence rule.
        timezone: the zone meant.

    Raises:
        InvalidSchedule: not exactly one of `interval`, `cron` and `rrule` is given, or that one is wrong.

    >>> construct_schedule(cron="0 9 * * *", timezone="Europe/Berlin")
    CronSchedule(cron='0 9 * * *', timezone='Europe/Berlin', day_or=True)
    """
    if sum(given is not None for given in (interval, cron, rrule)) != 1:
        raise InvalidSchedule("a schedule has exactly one of interval, cron and rrule")
    if anchor_date is not None and interval is None:
        raise InvalidSchedule("an anchor date goes with an interval only")
    if interval is not None:
        return IntervalSchedule(
            interval=interval,  # type: ignore[arg-type] # a number is of seconds
            anchor_date=anchor_date,  # type: ignore[arg-type] # None is the present
            timezone=timezone,
        )
    if cron is not None:
        return CronSchedule(cron=cron, timezone=timezone)
    return RRuleSchedule(rrule=rrule or "", timezone=timezone)


def is_schedule_type(obj: Any) -> bool:
    """Say whether an object is one of the kinds of schedule.

    >>> is_schedule_type(NoSchedule()), is_schedule_type("@daily")
    (True, False)
    """
    return isinstance(obj, SCHEDULE_TYPES)


def is_valid_timezone(v: str) -> bool:
    """Say whether there is a time zone of that name.

    >>> is_valid_timezone("Europe/Berlin"), is_valid_timezone("+01:00")
    (True, False)
    """
    from pacc._internal.zones import zone  # start-up

    try:
        zone(v)
    except ValueError:
        return False
    return True


def _check_zone(name: str | None) -> None:
    if name is not None and not (isinstance(name, str) and is_valid_timezone(name)):
        raise InvalidSchedule(f'no time zone "{name}"', hint=_zone_hint(str(name)))


def _zone_hint(name: str) -> str:
    from difflib import get_close_matches  # start-up: only a mistake needs it
    from zoneinfo import available_timezones  # start-up: it reads a folder

    zones = sorted(available_timezones(), reverse=True)
    if not zones:
        return "this system lists no time zones; `pip install tzdata` brings them"
    known = {word: each for each in zones for word in (each.casefold().rpartition("/")[2], each.casefold())}
    close = get_close_matches(name.casefold(), known, n=1, cutoff=0.8)
    return f'did you mean "{known[close[0]]}"?' if close else 'zones are named like "Europe/Berlin" or "UTC"'


@lru_cache(maxsize=1024)
def _check_cron(cron: str, day_or: bool) -> None:
    from pacc._internal import cron as crons  # start-up

    try:
        crons.check(cron, day_or=day_or)
    except ValueError as wrong:
        raise InvalidSchedule(
            f'"{cron}" is no cron schedule: {_said(wrong)}',
            hint='five fields say minute, hour, day of month, month and day of week: "30 9 * * MON-FRI"',
        ) from None


@lru_cache(maxsize=1024)
def _check_rrule(rrule: str, timezone: str) -> None:
    from pacc._internal.recurrence import never_occurs, parsed  # start-up

    hint = 'a recurrence rule reads like "FREQ=WEEKLY;BYDAY=MO,WE;BYHOUR=9;BYMINUTE=0"'
    try:
        impossible = never_occurs(parsed(rrule, timezone))
    except (
        TypeError,
        IndexError,
        OverflowError,
    ):  # dateutil's answer to hours beyond the day and years beyond the calendar
        raise InvalidSchedule(
            f'"{rrule}" is no recurrence rule: a number is out of range', hint=hint
        ) from None
    except ValueError as wrong:
        raise InvalidSchedule(f'"{rrule}" is no recurrence rule: {_said(wrong)}', hint=hint) from None
    if impossible:
        raise InvalidSchedule(f'"{rrule}" never occurs: no day fits it, or it ends before it starts')


def _said(wrong: Exception) -> str:
    return " ".join(str(wrong).split()).rstrip(".") or "it cannot be read"


def _duration(interval: Any) -> timedelta:
    if isinstance(interval, timedelta):
        return interval
    try:
        return timedelta(seconds=interval)
    except (TypeError, ValueError, OverflowError):
        wrong = f'an interval is a number of seconds or a timedelta, not "{interval}"'
        raise InvalidSchedule(wrong) from None


def _moment(anchor: Any) -> datetime:
    try:
        return anchor if isinstance(anchor, datetime) else datetime.fromisoformat(anchor)
    except (TypeError, ValueError):
        raise InvalidSchedule(f'"{anchor}" is no date and time; one reads like 2026-11-26T09:00') from None


def _zone_of(anchor: datetime) -> str | None:
    return anchor.tzinfo.key if isinstance(anchor.tzinfo, ZoneInfo) else None


def _in_utc(anchor: datetime, timezone: str) -> datetime:
    return (anchor if anchor.tzinfo else anchor.replace(tzinfo=ZoneInfo(timezone))).astimezone(UTC)
