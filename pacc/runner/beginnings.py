"""How many runs begin at the same time: a hundred that do all wait for the processors, then all for the store, and each begins late."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

_FOR_EACH_CPU = 8
_SECONDS = 0.5
"""For how long at most a run counts: one that takes longer waits for something else than a processor."""


class Beginnings:
    """Knows the runs that were handed to a supervisor a moment ago and are not running yet.

    Args:
        most: how many there may be at the same time; some for each processor by default.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most or _FOR_EACH_CPU * _processors()
        self._until: dict[str, float] = {}

    def add(self, flow_run_id: str) -> None:
        """Count a run from now on."""
        self._until[flow_run_id] = time.monotonic() + _SECONDS

    def are_full(self) -> bool:
        """Say whether another one should wait."""
        now = time.monotonic()
        self._until = {run: until for run, until in self._until.items() if until > now}
        return len(self._until) >= self._most

    def keep(self, pending: Container[str]) -> None:
        """Count none any more but those that are still pending."""
        self._until = {run: until for run, until in self._until.items() if run in pending}

    def due(self) -> float:
        """Return in how many seconds the next one counts no more."""
        return max(0.0, min(self._until.values(), default=0.0) - time.monotonic())


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
