"""Recurrence rules (iCalendar's RRULE and its company) read into their parts, each on the wall clock of one zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pacc._internal.zones import first_moment, zone

if TYPE_CHECKING:
    from datetime import tzinfo

YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY, SECONDLY = range(7)

_ANCHOR = datetime(2020, 1, 1)  # noqa: DTZ001 - a wall time
_LATE = datetime(9900, 1, 1)  # noqa: DTZ001 - a wall time
_UNIT_SECONDS = {WEEKLY: 604_800, DAILY: 86_400, HOURLY: 3600, MINUTELY: 60, SECONDLY: 1}
_DAY_PARTS = ("byweekno", "byyearday", "bymonthday", "byweekday", "byeaster")
_TZID = re.compile(r"DTSTART[^:\s]*;TZID=([^:;\s]+)", re.IGNORECASE)
_UNTIL_IN_UTC = re.compile(r"UNTIL=\d{8}T\d{6}Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, on the wall clock."""

    rule: Any
    """dateutil's rule; its start and end are wall times."""
    start: datetime
    """The moment of its start, in UTC."""
    until: datetime | None
    """The moment it ends, itself included, in UTC."""
    interval: timedelta | None
    """The time between two occurrences, for a rule of hours, minutes or seconds that says no more than that."""
    hourly: bool
    """Whether it repeats itself every hour, on the days it occurs at all."""

    @property
    def last(self) -> datetime | None:
        """The last moment of a rule that has an `interval`, if it ends."""
        count: int | None = self.rule._count
        if count is None or self.interval is None:
            return self.until
        return self.start + (count - 1) * self.interval

    @property
    def is_counted(self) -> bool:
        """Whether it ends by COUNT, and so has to be gone through from its start."""
        return self.rule._count is not None

    def from_about(self, wall: datetime) -> Any:
        """Return dateutil's rule started late enough to reach a wall time soon, with the same occurrences from there on."""
        return self.rule if self.is_counted else _started_late(self.rule, wall)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A set of rules and dates, less others."""

    rules: tuple[Rule, ...]
    dates: tuple[datetime, ...]
    excluded_rules: tuple[Rule, ...]
    excluded_dates: tuple[datetime, ...]


def zone_in(text: str) -> str | None:
    """Return the name of the zone a recurrence itself says it starts in.

    >>> zone_in("DTSTART;TZID=Europe/Berlin:20240101T090000 RRULE:FREQ=DAILY")
    'Europe/Berlin'
    """
    found = _TZID.search(text)
    return found[1] if found else None


@lru_cache(maxsize=1024)
def parsed(text: str, timezone: str) -> Recurrence:
    """Return the parts of a recurrence.

    Args:
        text: an RRULE, or several lines of DTSTART, RRULE, RDATE, EXRULE and EXDATE. Without DTSTART it starts in 2020.
        timezone: the zone on whose clock it is meant.

    Raises:
        ValueError: it cannot be read, or contradicts itself.
    """
    from dateutil.rrule import rrulestr  # start-up

    at = zone(timezone)
    _check_parts(text.upper())
    anchor = _ANCHOR.replace(tzinfo=at) if _UNTIL_IN_UTC.search(text) else _ANCHOR
    try:
        found = rrulestr(text, dtstart=anchor, forceset=True, tzids=zone)
    except (TypeError, AttributeError, KeyError, IndexError, OverflowError) as wrong:
        raise ValueError("it cannot be read") from wrong  # dateutil's answer to some texts
    return Recurrence(
        rules=tuple(_rule(each, at) for each in found._rrule),
        dates=tuple(sorted(_wall(each, at) for each in found._rdate)),
        excluded_rules=tuple(_rule(each, at) for each in found._exrule),
        excluded_dates=tuple(sorted(_wall(each, at) for each in found._exdate)),
    )


def _check_parts(text: str) -> None:
    """Refuse what dateutil would take and mean nothing by, or refuse in words of its own."""
    for line in text.split():
        parts = dict(part.partition("=")[::2] for part in line.rpartition(":")[2].split(";"))
        if "COUNT" in parts and "UNTIL" in parts:
            raise ValueError("a rule has COUNT or UNTIL, not both")
        for name in ("INTERVAL", "COUNT"):
            if name in parts and not (parts[name].isdecimal() and int(parts[name])):
                raise ValueError(f"{name} is a whole number, 1 or more")
        if "UNTIL" in parts and "DTSTART" in text and parts["UNTIL"].endswith("Z") != _starts_in_a_zone(text):
            raise ValueError("UNTIL ends in Z where DTSTART has a zone or a Z, and nowhere else")
        if "=" not in line and ":" not in line:
            raise ValueError("its parts are written NAME=VALUE")


def _starts_in_a_zone(text: str) -> bool:
    return bool(re.search(r"DTSTART[^:\s]*(;TZID=|:\d{8}T\d{6}Z)", text))


def _wall(moment: datetime, at: tzinfo) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(at).replace(tzinfo=None, fold=0)


def _moment(moment: datetime, at: tzinfo) -> datetime:
    return first_moment(moment, at) if moment.tzinfo is None else moment.astimezone(UTC)


def _rule(rule: Any, at: tzinfo) -> Rule:
    start, until = rule._dtstart, rule._until
    step = timedelta(seconds=_UNIT_SECONDS.get(_freq(rule), 0) * _interval(rule))
    parts = [name for name, value in rule._original_rule.items() if value is not None]
    short = _freq(rule) >= HOURLY
    return Rule(
        rule=rule.replace(dtstart=_wall(start, at), until=until and _wall(until, at)),
        start=_moment(start, at),
        until=until and _moment(until, at),
        interval=step if short and not parts else None,
        hourly=short and "byhour" not in parts and not timedelta(hours=1) % step,
    )


def _freq(rule: Any) -> int:
    return int(rule._freq)


def _interval(rule: Any) -> int:
    return int(rule._interval)


def never_occurs(recurrence: Recurrence) -> bool:
    """Say whether nothing ever occurs, or a rule in it never does: no day fits it, or it ends before it starts."""
    rules = recurrence.rules + recurrence.excluded_rules
    return not (recurrence.rules or recurrence.dates) or any(_never(each) for each in rules)


def _never(each: Rule) -> bool:
    if _positions_are_too_high(each.rule):
        return True
    if each.interval is None:
        # Started near the end of the calendar, a rule that fits no day has not far to go until that is sure.
        endless = each.rule.replace(count=None, until=None)
        late = _started_late(endless, _LATE) if _freq(endless) > MONTHLY else endless
        if next(iter(late), None) is None:
            return True
    return next(iter(each.rule), None) is None


def _positions_are_too_high(rule: Any) -> bool:
    """Whether BYSETPOS of a rule by hours, minutes or seconds picks from more than there are; dateutil would look for ever."""
    if _freq(rule) < HOURLY or not rule._bysetpos:
        return False
    minutes, seconds = len(rule._byminute or [0]), len(rule._bysecond or [0])
    there_are = {HOURLY: minutes * seconds, MINUTELY: seconds, SECONDLY: 1}[_freq(rule)]
    return all(abs(position) > there_are for position in rule._bysetpos)


def _started_late(rule: Any, wall: datetime) -> Any:
    """Return the rule started a whole number of its steps later, at least one step before a wall time."""
    start: datetime = rule._dtstart
    if _freq(rule) in _UNIT_SECONDS:
        step = timedelta(seconds=_UNIT_SECONDS[_freq(rule)] * _interval(rule))
        steps = (wall - start) // step - 1
        return rule.replace(dtstart=start + steps * step) if steps > 0 else rule
    months = _interval(rule) * (12 if _freq(rule) == YEARLY else 1)
    steps = ((wall.year - start.year) * 12 + wall.month - start.month) // months - 1
    if steps <= 0:
        return rule
    year, month = divmod(start.year * 12 + start.month - 1 + steps * months, 12)
    named = any(rule._original_rule.get(part) is not None for part in _DAY_PARTS)
    # The day of the start is a part of the rule unless that names days itself; it need not exist in the new month.
    derived = {} if named else {"bymonthday": rule._bymonthday, "bymonth": rule._bymonth}
    return rule.replace(dtstart=start.replace(year=year, month=month + 1, day=1), **derived)


def in_its_zone(text: str, timezone: str) -> Any:
    """Return a recurrence as dateutil's set of rules whose times carry the zone.

    Args:
        text: a recurrence that `parsed` reads.
        timezone: the zone.
    """
    from dateutil.rrule import rruleset  # start-up

    at, parts, found = zone(timezone), parsed(text, timezone), rruleset(cache=True)
    for each in parts.rules:
        found.rrule(_aware(each, at))
    for each in parts.excluded_rules:
        found.exrule(_aware(each, at))
    for wall in parts.dates:
        found.rdate(wall.replace(tzinfo=at))
    for wall in parts.excluded_dates:
        found.exdate(wall.replace(tzinfo=at))
    return found


def _aware(each: Rule, at: tzinfo) -> Any:
    return each.rule.replace(dtstart=each.rule._dtstart.replace(tzinfo=at), until=each.until)


def written(rule: Any) -> tuple[str, str | None]:
    """Return dateutil's rule, or set of rules, as text on the wall clock of its start, and the name of that zone.

    Raises:
        ValueError: the starts are in several zones, or in one without an IANA name.
    """
    rules = list(rule._rrule) if hasattr(rule, "_rrule") else [rule]
    excluded = list(getattr(rule, "_exrule", ()))
    dates, excluded_dates = list(getattr(rule, "_rdate", ())), list(getattr(rule, "_exdate", ()))
    starts = [each._dtstart for each in rules + excluded]
    names = {_zone_name(each) for each in starts + dates + excluded_dates}
    if len(names) > 1 or len(set(starts)) > 1:
        raise ValueError("its parts start at different times or in different zones")
    name = next(iter(names), None)
    at = zone(name or "UTC")
    lines = [f"DTSTART:{_compact(_wall(start, at))}" for start in starts[:1]]
    lines += [_line(each, "RRULE", at) for each in rules]
    lines += [_line(each, "EXRULE", at) for each in excluded]
    lines += [f"RDATE:{_compact(_wall(each, at))}" for each in dates]
    lines += [f"EXDATE:{_compact(_wall(each, at))}" for each in excluded_dates]
    return "\n".join(lines), name


def _line(rule: Any, name: str, at: tzinfo) -> str:
    start, until = rule._dtstart, rule._until
    plain = rule.replace(dtstart=_wall(start, at), until=until and _wall(until, at))
    return f"{name}:" + str(plain).split("RRULE:", 1)[1]


def _compact(wall: datetime) -> str:
    return wall.strftime("%Y%m%dT%H%M%S")


def _zone_name(moment: datetime) -> str | None:
    if moment.tzinfo is None:
        return None
    if moment.tzinfo is UTC:
        return "UTC"
    name = getattr(moment.tzinfo, "key", None) or getattr(moment.tzinfo, "zone", None)
    if name is None:
        raise ValueError(f"the zone {moment.tzname()!r} of its start has no IANA name")
    return str(name)
