"""Times as people type them: "in 5 minutes", "2 hours ago", "2h", "18:30", "yesterday", ISO 8601."""

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
_LONGEST_SECONDS = 100 * 366 * 86_400


def moment(text: str, now: datetime, *, past: bool = False) -> datetime:
    """Return the moment a text stands for.

    Args:
        text: a distance ("in 5 minutes", "2 hours ago", "1h30m"), a time of today ("18:30"), a day ("tomorrow"),
            or ISO 8601. Without a zone the machine's own is meant.
        now: an aware moment to count from.
        past: count a bare distance backwards.

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
    found = _distance(words, now, past=past) or _day(words, now) or _clock(words, now) or _iso(text.strip())
    if found is None:
        raise ValueError(f'"{text}" is no time; say "2h", "in 5 minutes", "18:30" or 2026-11-20T18:30')
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


def _day(words: str, now: datetime) -> datetime | None:
    if words not in _DAYS:
        return None
    midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return (midnight + timedelta(days=_DAYS[words])).astimezone()


def _clock(words: str, now: datetime) -> datetime | None:
    if not re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", words):
        return None
    hour, minute, *second = map(int, words.split(":"))
    today = now.astimezone().replace(tzinfo=None)
    return today.replace(hour=hour, minute=minute, second=(second or [0])[0], microsecond=0).astimezone()


def _iso(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.astimezone()
