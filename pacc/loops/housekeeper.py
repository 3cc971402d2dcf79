"""The thread that keeps house: it ticks each loop when its time has come or the store has changed, and sleeps in between.

A process that runs flows looks every two seconds for runs whose process is gone, for as long as flows run; a flow that is over
sooner never starts the thread. A process that is there to stay (`pacc.loops.household`) has all loops, of which a lease leaves each
to one process at a time. What goes wrong in a tick is counted and said in the log, and the next tick comes all the same.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from pacc._internal import clock
from pacc.engine.place import active_flow_runs
from pacc.exceptions import StoreError
from pacc.loops import notifications, reaper
from pacc.services import leases
from pacc.settings import get_current_settings
from pacc.store.watch import StoreWatch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pacc.loops.loop import Loop
    from pacc.store import Store

LOOK_SECONDS = 0.25
"""How often the store is asked whether it has changed, unless the system tells that; then it is looked at so often at the most."""
ELECTION_SECONDS = 2.0
"""How often a process asks whether a lease of another one has become free."""
_AGAIN_SECONDS = 2.0
"""A tick that failed is tried again after so long."""
_JUMP_SECONDS = 2.0
"""A wall clock that moved by so much more or less than time has passed was set, or the machine slept."""
_IDLE_LOOKS = 5


class Round:
    """One loop in the thread of one process: when it ticks next, and whether it is this process's to do."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.is_ours = not loop.elected
        self._due: int | None = None
        self._last = time.monotonic()
        self._latest = self._last + (0.0 if loop.elected else loop.every)
        self._has_changed = False

    def note_change(self) -> None:
        """Remember that the store, or the clock, is not what it was."""
        self._has_changed = True

    def seconds_left(self, now: int) -> float:
        """Return how long nothing needs to be done for this loop: `now` in microseconds since the epoch."""
        passed = time.monotonic()
        left = self._latest - passed
        if self.is_ours:
            if self._due is not None:
                left = min(left, (self._due - now) / 1_000_000)
            if self._has_changed and self.loop.watches:
                left = min(left, self._last + self.loop.apart(get_current_settings()) - passed)
        return left

    def run(self, store: Store) -> None:
        """Tick, if the loop is wanted and this process's to do.

        Raises:
            Exception: whatever the tick raises; it comes again a little later.
        """
        self._last = time.monotonic()
        self._due = None
        self._latest = self._last + min(self.loop.every, _AGAIN_SECONDS)
        if not self.loop.enabled(get_current_settings()):
            self.is_ours = not self.loop.elected
            return
        self.is_ours = not self.loop.elected or leases.hold(store, self.loop.name)
        if not self.is_ours:
            self._latest = self._last + ELECTION_SECONDS
            return
        self._has_changed = False
        self._due = self.loop.tick(store, clock.now())
        self._latest = self._last + self.loop.every


class Housekeeper:
    """Ticks in a daemon thread of its own for as long as flows run here, or the process lives.

    Args:
        busy: says whether there is still reason to keep house.
        loops: what to do, in this order.
        look: seconds from one look at the store to the next, where a loop watches it.
        farewell: what is to be done before the process ends.
    """

    def __init__(
        self,
        busy: Callable[[], object],
        loops: tuple[Loop, ...] = (reaper.OF_A_SCRIPT, notifications.OF_A_SCRIPT),
        look: float = LOOK_SECONDS,
        farewell: Callable[[Store], None] | None = None,
    ) -> None:
        self._busy = busy
        self._loops = loops
        self._look = look
        self._farewell = farewell
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._watch: StoreWatch | None = None
        self._version: int | None = None
        self._drift = 0.0
        self.failures = 0
        """How many ticks failed in this process."""

    def wanted(self, store: Store) -> None:
        """Say that a flow is about to run here; the thread starts unless it is there."""
        if self._store is store and self._thread is not None:
            return
        with self._lock:
            if self._store is None and self._farewell is not None:
                atexit.register(self._say_farewell)  # after the store was opened, so that it is closed later
            self._store = store
            if self._thread is None:
                self._stop.clear()
                self._thread = threading.Thread(target=self._keep, name="pacc-housekeeper", daemon=True)
                self._thread.start()

    def leave(self, home: Path) -> None:
        """Look after the store of this home no longer, which is about to go; another one is looked after still."""
        if self._store is not None and self._store.home == home:
            self.stop()
            self._store = None
            atexit.unregister(self._say_farewell)

    def stop(self) -> None:
        """End the thread, wait until it has ended, and let its leases go."""
        thread, store = self._thread, self._store
        self._stop.set()
        if thread is None:
            return
        if (watch := self._watch) is not None:
            watch.wake()
        thread.join()
        if store is not None and any(loop.elected for loop in self._loops):
            with suppress(StoreError):  # they are free when this process has ended
                leases.release(store)

    def _say_farewell(self) -> None:
        store = self._store
        if store is not None and self._farewell is not None:
            self._farewell(store)

    def renew(self) -> None:
        """In a forked child: there is no thread yet."""
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = None

    def _keep(self) -> None:
        store = self._store
        watches = any(loop.watches for loop in self._loops)
        self._watch = watch = StoreWatch(store.path, self._look) if watches and store is not None else None
        try:
            self._keep_on([Round(loop) for loop in self._loops], watch)
        finally:
            if watch is not None:
                self._watch = None if self._watch is watch else self._watch
                watch.close()

    def _keep_on(self, rounds: list[Round], watch: StoreWatch | None) -> None:
        watches = watch is not None
        idle = 0
        while not self._waited(rounds, watch):
            idle = 0 if self._busy() else idle + 1
            if idle > _IDLE_LOOKS and self._left():
                return
            self._look_around(rounds, watches=watches)
        with self._lock:
            self._thread = None

    def _waited(self, rounds: list[Round], watch: StoreWatch | None) -> bool:
        """Wait until there may be something to do; say whether it is to stop instead."""
        now = clock.now()
        left = max(0.0, min(each.seconds_left(now) for each in rounds))
        if watch is None:
            return self._stop.wait(left)
        if not self._stop.is_set():
            watch.wait(left)
        return self._stop.is_set()

    def _left(self) -> bool:
        """Let the thread go, unless a flow has started at this very moment."""
        with self._lock:
            if not self._busy():
                self._thread = None
            return self._thread is None

    def _look_around(self, rounds: list[Round], *, watches: bool) -> None:
        store = self._store
        if store is None:
            return
        if watches and self._has_changed(store):
            for each in rounds:
                each.note_change()
        for each in rounds:
            if each.seconds_left(clock.now()) <= 0 and not self._stop.is_set():
                self._run(each, store)

    def _has_changed(self, store: Store) -> bool:
        """Say whether the store was written, or the clock set, since this was last asked."""
        try:
            version = store.data_version()
        except StoreError:  # whoever ticks next says so
            version = -1
        drift = clock.now() / 1_000_000 - time.monotonic()
        changed = version != self._version or abs(drift - self._drift) > _JUMP_SECONDS
        self._version, self._drift = version, drift
        return changed

    def _run(self, each: Round, store: Store) -> None:
        try:
            each.run(store)
        except Exception as error:
            self.failures += 1
            logging.getLogger("pacc.housekeeper").warning(
                "The housekeeping %r failed (%d times in this process) and is tried again: %s",
                each.loop.name,
                self.failures,
                error,
                exc_info=not isinstance(error, StoreError),
            )
            if each.loop.elected:
                with suppress(StoreError):  # the log has it
                    leases.fail(store, each.loop.name, f"{type(error).__name__}: {error}")


housekeeper = Housekeeper(busy=lambda: active_flow_runs, farewell=notifications.farewell)
os.register_at_fork(after_in_child=housekeeper.renew)
