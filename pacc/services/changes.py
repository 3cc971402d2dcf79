"""Waiting for something to stand in the store: looked at whenever anyone has committed, and not every ten seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pacc._internal import clock
from pacc._internal.steps import Sleep

if TYPE_CHECKING:
    from collections.abc import Callable

    from pacc._internal.steps import Steps
    from pacc.store import Store

T = TypeVar("T")

_SHORTEST_PAUSE = 0.002
_LONGEST_PAUSE = 0.03


def awaited(
    store: Store, look: Callable[[], T | None], *, timeout: float | None, every: float
) -> Steps[T | None]:
    """Wait until a look at the store finds something, and return that; `None` once the time is up.

    Args:
        store: the store.
        look: returns what was found, `None` where that is nothing.
        timeout: seconds to wait at most; `None` for no end.
        every: seconds after which to look at the latest, although nobody has committed.
    """
    end = None if timeout is None else clock.monotonic() + timeout
    seen, again, pause = -1, 0.0, _SHORTEST_PAUSE
    while True:
        now = clock.monotonic()
        version = store.data_version()
        if version != seen or now >= again:
            seen, again, pause = version, now + every, _SHORTEST_PAUSE
            found = look()
            if found is not None:
                return found
        if end is not None and now >= end:
            return None
        yield Sleep(pause if end is None else max(0.000_1, min(pause, end - now)))
        pause = min(2 * pause, _LONGEST_PAUSE)
