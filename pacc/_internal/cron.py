"""Cron expressions on naive wall times. Zones and their changes are no business of this module, nor of croniter."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_RANDOM_OR_HASHED = re.compile(r"(^|[\s,])[rh](?=$|[\s,/(])", re.IGNORECASE)
_ALIASES = ("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually")
_EVERY_HOUR = 24
_YEARS_SEARCHED = 200
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall time


def check(cron: str, *, day_or: bool) -> None:
    """Do nothing for an expression that can be read and has a time to come.

    Raises:
        ValueError: it cannot be read, or no day fits it.

    >>> check("0 9 * * MON-FRI", day_or=True)
    """
    if _RANDOM_OR_HASHED.search(cron):
        raise ValueError("random (R) and hashed (H) fields are not supported")
    if cron.strip().startswith("@") and cron.strip().lower() not in _ALIASES:
        raise ValueError(f"it is none of {', '.join(_ALIASES)}")
    count = len(cron.split())
    if not cron.strip().startswith("@") and count not in {5, 6, 7}:
        raise ValueError(f"it has {count} field{'' if count == 1 else 's'}")
    if next(walls(cron, _EPOCH, day_or=day_or), None) is None:
        raise ValueError("no day fits it")


@lru_cache(maxsize=1024)
def is_hourly(cron: str) -> bool:
    """Say whether an expression fits in every hour of a day it fits at all.

    >>> is_hourly("*/15 * * * *"), is_hourly("0 */2 * * *")
    (True, False)
    """
    from croniter import croniter  # start-up

    hours = croniter.expand(cron)[0][1]
    return hours == ["*"] or len(set(hours)) == _EVERY_HOUR


def walls(cron: str, after: datetime, *, day_or: bool) -> Iterator[datetime]:
    """Yield the wall times that fit an expression, from the first one later than `after`.

    Args:
        cron: five fields, six with seconds last, seven with a year after those, or an alias such as `@daily`.
        after: a naive time.
        day_or: whether one of day of month and day of week is enough, where both are given; otherwise both must fit.
    """
    from croniter import CroniterBadDateError, croniter  # start-up

    times = croniter(cron, after, day_or=day_or, max_years_between_matches=_YEARS_SEARCHED)
    while True:
        try:
            yield times.get_next(datetime)
        except (CroniterBadDateError, OverflowError):
            return
