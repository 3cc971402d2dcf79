"""The line before a full concurrency limit: whoever came first is served first, in this process and among all others.

The first in this process's line stands in a queue of the system's, an `flock` on a file below the home, for all processes; only
who comes first there looks for free slots, everyone else sleeps. It is for fairness, never for safety: what counts is what the
store grants.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import deque
from typing import TYPE_CHECKING

from pacc.store.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLDER = "limits"
"""The folder of queues in the home."""

_PATIENCE = 30.0
"""Seconds in the queue after which one looks for slots all the same: a child that some holder forked may keep the lock."""


class Place:
    """One waiter's place in a line; `leave` gives it up, whether or not its turn has come."""

    __slots__ = ("_left", "_line", "tell")

    def __init__(self, line: _Line, tell: Callable[[], None]) -> None:
        self._line = line
        self._left = threading.Event()
        self.tell = tell

    def leave(self) -> None:
        """Let the next one come."""
        self._line.remove(self)
        self._left.set()

    def wait_until_left(self) -> None:
        """Block until the place was given up."""
        self._left.wait()


class _Line:
    """Who waits in this process for the same limits."""

    def __init__(self, path: Path) -> None:
        self._gate = Gate(path, _PATIENCE)
        self._waiting: deque[Place] = deque()
        self._guard = threading.Lock()
        self._is_served = False

    def join(self, tell: Callable[[], None]) -> Place:
        place = Place(self, tell)
        with self._guard:
            self._waiting.append(place)
            if self._is_served:
                return place
            self._is_served = True
        threading.Thread(target=self._serve, name="pacc-limits", daemon=True).start()
        return place

    def remove(self, place: Place) -> None:
        with self._guard:
            if place in self._waiting:
                self._waiting.remove(place)

    def _serve(self) -> None:
        """Stand in the queue for one waiter after the other, each time at its end."""
        while True:
            self._gate.enter()
            place = self._first()
            if place is None:
                return
            place.tell()
            place.wait_until_left()
            self._gate.leave()

    def _first(self) -> Place | None:
        with self._guard:
            if self._waiting:
                return self._waiting[0]
            self._is_served = False
            self._gate.leave()
            self._gate.close()
            return None


_lines: dict[str, _Line] = {}
_opening = threading.Lock()


def join(home: Path, names: tuple[str, ...], tell: Callable[[], None]) -> Place:
    """Join the line for some limits and return one's place in it.

    Args:
        home: the home whose limits they are.
        names: the limits; requests for the same ones stand in one line.
        tell: called once, from another thread, when the turn has come.
    """
    digest = hashlib.sha256("\0".join(sorted(names)).encode()).hexdigest()[:32]
    path = home / FOLDER / f"{digest}.queue"
    with _opening:
        line = _lines.get(str(path))
        if line is None:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            line = _lines[str(path)] = _Line(path)
    return line.join(tell)


def _start_over() -> None:
    """In a forked child nobody waits yet."""
    global _opening
    _opening = threading.Lock()
    _lines.clear()


os.register_at_fork(after_in_child=_start_over)
