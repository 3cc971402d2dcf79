"""A clock that tests move: an hour's pause before a retry, an expiry, a timeout, in no time at all."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from pacc._internal import clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

__all__ = ["MovableClock"]

_TURN = 0.001
"""Real seconds in which others that are about to wait as well can say so."""

_really_sleep = time.sleep
"""Kept from the start: tests put the clock's own `sleep` in the place of `time.sleep`."""


class MovableClock:
    """The clock of pacc for the length of a `with` block: it goes on as always, and jumps or stands still when told to.

    Whatever pacc itself waits for, such as the pause before a retry, is not waited for: the clock jumps ahead instead. States
    carry its time. A run whose time limit it is moved past is interrupted like one that took too long. Code that sleeps by itself
    does so in real time, unless it sleeps by this clock: `monkeypatch.setattr("time.sleep", clock.sleep)`.

    Runs that wait at the same time go on in the order of their moments, as they would. It holds for the whole process, threads
    included, and not for other processes.

    Example:
        >>> from datetime import UTC, datetime
        >>> with MovableClock() as clock:
        ...     clock.freeze(datetime(2026, 3, 1, tzinfo=UTC))
        ...     clock.advance(hours=2)
        ...     clock.now()
        datetime.datetime(2026, 3, 1, 2, 0, tzinfo=datetime.timezone.utc)
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._ahead = (0, 0)
        """How far the two clocks, of the wall and of durations, are ahead of the system's, in nanoseconds."""
        self._standing: tuple[int, int] | None = None
        """What the two clocks show while they stand still."""
        self._watches: dict[object, tuple[int, Callable[[], None]]] = {}
        self._sleepers: list[tuple[int, int]] = []
        """When each that waits now is due by the clock of durations, and a number that tells them apart."""
        self._slept = 0
        self._before: clock.MovedClock | None = None

    def __enter__(self) -> Self:
        self._before = clock.moved()
        clock.put(self)
        return self

    def __exit__(self, *_: object) -> None:
        clock.put(self._before)

    # -- what tests do with it -------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """Return the moment the clock shows, in UTC."""
        return clock.to_datetime(self.time_ns() // 1000)

    def freeze(self, at: datetime | None = None) -> None:
        """Let the clock stand still until it is moved.

        Args:
            at: the moment to show, in the past or the future; a naive one is UTC. By default the present one.
        """
        with self._lock:
            wall, elapsed = self._read()
            self._standing = (wall if at is None else clock.from_datetime(at) * 1000, elapsed)

    def go_on(self) -> None:
        """Let a clock that stands still go on from the moment it shows."""
        with self._lock:
            wall, elapsed = self._read()
            self._ahead = (wall - time.time_ns(), elapsed - time.monotonic_ns())
            self._standing = None

    def advance(self, seconds: float | timedelta = 0, **parts: float) -> None:
        """Move the clock ahead, and interrupt the runs whose time limit that passes.

        Args:
            seconds: how far, in seconds or as a `timedelta`.
            parts: what `timedelta` takes: `hours=2, minutes=30`.

        Raises:
            ValueError: the distance is negative.
        """
        distance = seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
        distance += timedelta(**parts)
        if distance < timedelta():
            raise ValueError(f"a clock is moved ahead, not by {distance}; `freeze(at=...)` shows any moment")
        with self._lock:
            self._move(distance // timedelta(microseconds=1) * 1000)
        self._ring()

    def move_to(self, moment: datetime) -> None:
        """Move the clock ahead to a moment; a naive one is UTC.

        Raises:
            ValueError: the moment has passed.
        """
        self.advance(timedelta(microseconds=clock.from_datetime(moment) - self.time_ns() // 1000))

    # -- what pacc asks it, and what code under test may call instead of the system's ---------------------------------

    def time_ns(self) -> int:
        """Return the moment the clock shows in nanoseconds since the epoch."""
        return self._read()[0]

    def monotonic(self) -> float:
        """Return seconds that grow as the clock goes on and is moved ahead."""
        return self._read()[1] / 1e9

    def sleep(self, seconds: float) -> None:
        """Move the clock instead of waiting, after other threads that wait for an earlier moment."""
        sleeper = self._fall_asleep(seconds)
        try:
            _really_sleep(_TURN)
            while min(self._sleepers) < sleeper:
                _really_sleep(_TURN)
            self._wake_at(sleeper[0])
        finally:
            self._sleepers.remove(sleeper)

    async def asleep(self, seconds: float) -> None:
        """Move the clock instead of waiting, after other coroutines that wait for an earlier moment."""
        from asyncio.tasks import sleep  # start-up: sync suites never pay; `asyncio.sleep` may be this method

        sleeper = self._fall_asleep(seconds)
        try:
            await sleep(_TURN)
            while min(self._sleepers) < sleeper:  # no event: who waits before may be a thread
                await sleep(0)
            self._wake_at(sleeper[0])
            await sleep(0)  # here a time limit that this passed interrupts
        finally:
            self._sleepers.remove(sleeper)

    def _fall_asleep(self, seconds: float) -> tuple[int, int]:
        with self._lock:
            self._slept += 1
            sleeper = (self._read()[1] + round(max(0.0, seconds) * 1e9), self._slept)
            self._sleepers.append(sleeper)
        return sleeper

    def _wake_at(self, due: int) -> None:
        with self._lock:
            left = max(0, due - self._read()[1])
            self._move(left)
        self._ring()

    def watch(self, seconds: float, ring: Callable[[], None]) -> Callable[[], None]:
        """Call `ring`, once, when the clock has been moved so far; return a function that calls that off."""
        key = object()
        with self._lock:
            self._watches[key] = (self._read()[1] + round(seconds * 1e9), ring)
        return lambda: self._watches.pop(key, None) and None

    def _move(self, nanoseconds: int) -> None:
        if self._standing is not None:
            self._standing = (self._standing[0] + nanoseconds, self._standing[1] + nanoseconds)
        else:
            self._ahead = (self._ahead[0] + nanoseconds, self._ahead[1] + nanoseconds)

    def _read(self) -> tuple[int, int]:
        with self._lock:
            if self._standing is not None:
                return self._standing
            return time.time_ns() + self._ahead[0], time.monotonic_ns() + self._ahead[1]

    def _ring(self) -> None:
        """Ring for every deadline that has passed, the oldest first; what the first one raises here is raised at the end."""
        raised: BaseException | None = None
        for ring in self._due():
            try:
                ring()
            except BaseException as interruption:  # noqa: BLE001 - it is the interruption of a run, and raised below
                raised = raised or interruption
        if raised is not None:
            raise raised

    def _due(self) -> list[Callable[[], None]]:
        with self._lock:
            elapsed = self._read()[1]
            due = [key for key, (deadline, _) in self._watches.items() if deadline <= elapsed]
            return [self._watches.pop(key)[1] for key in due]
