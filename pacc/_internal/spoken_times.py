"""Times as people type them: "in 5 minutes", "2 hours ago", "2h", "18:30", "tomorrow at 9", ISO 8601."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_UNIT_NAMES = {
    "s": ("s", "sec", "secs", "second", "seconds"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
    "w": ("w", "week", "weeks"),
}
_UNITS = {name: _SECONDS[unit] for unit, names in _UNIT_NAMES.items() for name in names}
_SPAN = re.compile(r"(?:(?P<count>\d+(?:\.\d+)?)\s*|\ban?\s+)(?P<unit>[a-z]+)")
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?\s*(?P<half>am|pm)?")
_LONGEST_SECONDS = 100 * 366 * 86_400


def moment(text: str, now: datetime, *, past: bool = False, future: bool = False) -> datetime:
    """Return the moment a text stands for.

    Args:
        text: a distance ("in 5 minutes", "2 hours ago", "1h30m"), a time of day ("18:30", "9pm"), a day ("tomorrow",
            "monday"), both ("tomorrow at 9", "friday 18:30"), or ISO 8601. Without a zone the machine's own is meant.
        now: an aware moment to count from.
        past: count a bare distance backwards.
        future: take a bare time of day that is over today for tomorrow's.

    Raises:
        ValueError: the text is none of these.

    Example:
        >>> from datetime import UTC
        >>> moment("2 hours ago", datetime(2026, 11, 21, 12, tzinfo=UTC)).hour
        10
    """
    words = " ".join(text.casefold().split())
    if words == "now":
        return now
    found = (
        _distance(words, now, past=past) or _day_and_clock(words, now, future=future) or _iso(text.strip())
    )
    if found is None:
        raise ValueError(
            f'"{text}" is no time; say "2h", "in 5 minutes", "18:30", "tomorrow at 9" or 2026-11-20T18:30'
        )
    return found


def start_in(text: str, now: datetime) -> datetime:
    """Return the moment that lies a distance ahead: "5 minutes", "in 1 hour", "1h30m".

    Args:
        text: the distance, with or without "in".
        now: an aware moment to count from.

    Raises:
        ValueError: the text is no distance, or leads backwards.

    Example:
        >>> from datetime import UTC
        >>> start_in("5 minutes", datetime(2026, 11, 21, 12, tzinfo=UTC)).minute
        5
    """
    found = _distance(" ".join(text.casefold().split()), now, past=False)
    if found is None or found < now:
        raise ValueError(f'"{text}" is no time from now; say "5 minutes", "2h" or "1 day"')
    return found


def start_at(text: str, now: datetime) -> datetime:
    """Return the next moment a text stands for: "18:30" is tomorrow's when today's is over.

    Args:
        text: as `moment` reads it.
        now: an aware moment to count from.

    Raises:
        ValueError: the text is no time, or one that is over.

    Example:
        >>> from datetime import UTC
        >>> start_at("2026-11-22T09:00Z", datetime(2026, 11, 21, 12, tzinfo=UTC)).day
        22
    """
    found = moment(text, now, future=True)
    if found < now:
        raise ValueError(f'"{text}" is over; say a time to come, such as "18:30" or "tomorrow at 9"')
    return found


def _distance(words: str, now: datetime, *, past: bool) -> datetime | None:
    back = past
    if words.startswith("in "):
        words, back = words[3:], False
    elif words.endswith(" ago"):
        words, back = words[:-4], True
    spans = list(_SPAN.finditer(words))
    rest = _SPAN.sub("", words).replace("and", "").strip(" ,")
    if not spans or rest or any(span["unit"] not in _UNITS for span in spans):
        return None
    seconds = sum(float(span["count"] or 1) * _UNITS[span["unit"]] for span in spans)
    if seconds > _LONGEST_SECONDS:
        raise ValueError("that is more than a hundred years away")
    return now - timedelta(seconds=seconds) if back else now + timedelta(seconds=seconds)


def _day_and_clock(words: str, now: datetime, *, future: bool) -> datetime | None:
    """A day, a time of day, or both in this order."""
    here = now.astimezone()
    first, _, rest = words.partition(" ")
    days = _DAYS.get(first) if first in _DAYS else _days_until(first, here)
    if days is None:
        days, rest = 0, words
    elif not rest:
        return _local(here, days, 0)
    at = _clock(rest.removeprefix("at "), bare=rest != words or rest.startswith("at "))
    if at is None:
        return None
    found = _local(here, days, at)
    return _local(here, 1, at) if future and rest == words and found < now else found


def _days_until(word: str, here: datetime) -> int | None:
    """How far away the next day of that name is; today's name means a week from now."""
    known = [day for day in _WEEKDAYS if len(word) >= 3 and day.startswith(word)]
    return (_WEEKDAYS.index(known[0]) - here.weekday() - 1) % 7 + 1 if known else None


def _clock(words: str, *, bare: bool) -> int | None:
    """A time of day, in seconds since midnight: "18:30", "6pm", and where it can only be an hour (`bare`) also "9"."""
    found = _CLOCK.fullmatch(words)
    if not found or not (found["minute"] or found["half"] or bare):
        return None
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f'"{words}" is no time of day')
        hour = hour % 12 + (12 if found["half"] == "pm" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f'"{words}" is no time of day')
    return hour * 3600 + minute * 60 + second


def _local(here: datetime, days: int, seconds: int) -> datetime:
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return (midnight + timedelta(days=days, seconds=seconds)).astimezone()


def _iso(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.astimezone()
