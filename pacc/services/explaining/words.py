"""How moments and lengths of time are told in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def length(seconds: float) -> str:
    """Return a length of time in words, in its largest unit or two.

    >>> length(42), length(330), length(7_300), length(200_000)
    ('42 s', '5 min 30 s', '2 h 1 min', '2 d 7 h')
    """
    whole = max(0, round(seconds))
    units = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    parts = []
    for unit, size in units:
        number, whole = divmod(whole, size)
        if number:
            parts.append(f"{number} {unit}")
        elif parts:
            break
    return " ".join(parts[:2]) or "0 s"


def clock_time(moment: datetime) -> str:
    """Return a moment as people read it, in the zone of this machine.

    >>> from datetime import UTC, datetime
    >>> len(clock_time(datetime(2026, 11, 26, tzinfo=UTC)))
    19
    """
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
