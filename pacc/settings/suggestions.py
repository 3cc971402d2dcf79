"""The name that was probably meant, for errors about one that does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def closest(name: str, names: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the one of `names` that resembles `name` most, if any does.

    >>> closest("PACC_LOGING_LEVEL", ["PACC_HOME", "PACC_LOGGING_LEVEL"])
    'PACC_LOGGING_LEVEL'
    """
    from difflib import get_close_matches  # start-up: only a mistake needs it

    return next(iter(get_close_matches(name, list(names), n=1, cutoff=cutoff)), None)


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return ` Did you mean "..."?`, or nothing when nothing resembles `name`."""
    match = closest(name, names)
    return f' Did you mean "{match}"?' if match else ""
