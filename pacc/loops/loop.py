"""What a loop is: a tick, and when it comes again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pacc.settings import Settings
    from pacc.store import Store


def _always(_: Settings) -> bool:
    return True


def _a_moment(_: Settings) -> float:
    return 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A piece of housekeeping that any long-lived process may do.

    Example:
        >>> Loop(name="reaper", meaning="Find dead runs.", tick=lambda store, now: None, every=2.0).elected
        True
    """

    name: str
    """What its lease is called, and people call it."""
    meaning: str
    """What it does, in one line."""
    tick: Callable[[Store, int], int | None]
    """Does what is to be done by `now` and returns when there is something to do next, both in microseconds since the epoch;
    `None` where only a change of the store or `every` can bring it. It may raise anything: that is counted and said."""
    every: float
    """Seconds after which it ticks at the latest."""
    apart: Callable[[Settings], float] = _a_moment
    """Seconds at least between two ticks of which a change of the store was the reason."""
    watches: bool = True
    """Whether a change of the store is a reason to tick."""
    elected: bool = True
    """Whether one process does it for all that share the store; otherwise each does it for itself."""
    enabled: Callable[[Settings], bool] = _always
    """Whether the settings want it."""
