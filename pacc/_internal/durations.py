"""Durations in the shortest form that people read."""

from __future__ import annotations

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def took(seconds: float) -> str:
    """Return a duration in the shortest form that still tells it from its neighbours.

    Args:
        seconds: how long; less than nothing counts as nothing.

    Example:
        >>> took(0.0042), took(6.12), took(62), took(43_020), took(183_600)
        ('4ms', '6.1s', '1m02', '11h57', '2d03h')
    """
    milliseconds = round(max(0.0, seconds) * 1000)
    if milliseconds < 100:
        return f"{milliseconds}ms"
    if milliseconds < 59_950:
        return f"{milliseconds / 1000:.1f}s"
    whole = round(seconds)
    if whole < HOUR:
        return f"{whole // MINUTE}m{whole % MINUTE:02}"
    if whole < DAY:
        return f"{whole // HOUR}h{whole % HOUR // MINUTE:02}"
    return f"{whole // DAY}d{whole % DAY // HOUR:02}h"
