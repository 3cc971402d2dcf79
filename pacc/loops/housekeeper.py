"""The thread that keeps house while this process runs flows: every two seconds it looks for runs whose process is gone.

A flow that is over sooner never starts it. It ends by itself when nothing has run for a while. What goes wrong in a tick is
counted and said in the log, and the next tick comes all the same.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING

from pacc.engine.place import active_flow_runs
from pacc.loops import reaper

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pacc.store import Store

PERIOD = 2.0
"""Seconds from tick to tick; a dead run is found within five."""
_IDLE_TICKS = 5


class Housekeeper:
    """Ticks in a daemon thread of its own for as long as flows run here.

    Args:
        busy: says whether a flow runs in this process now.
        ticks: what to do each time, in this order.
        period: seconds from tick to tick.
    """

    def __init__(
        self,
        busy: Callable[[], object],
        ticks: tuple[Callable[[Store], object], ...] = (reaper.tick,),
        period: float = PERIOD,
    ) -> None:
        self._busy = busy
        self._ticks = ticks
        self._period = period
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self.failures = 0
        """How many ticks failed in this process."""

    def wanted(self, store: Store) -> None:
        """Say that a flow is about to run here; the thread starts unless it is there."""
        if self._store is store and self._thread is not None:
            return
        with self._lock:
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

    def stop(self) -> None:
        """End the thread and wait until it has ended."""
        thread = self._thread
        self._stop.set()
        if thread is not None:
            thread.join()

    def renew(self) -> None:
        """In a forked child: there is no thread yet."""
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = None

    def _keep(self) -> None:
        idle = 0
        while not self._stop.wait(self._period):
            idle = 0 if self._busy() else idle + 1
            if idle > _IDLE_TICKS and self._left():
                return
            self._tick_all()
        with self._lock:
            self._thread = None

    def _left(self) -> bool:
        """Let the thread go, unless a flow has started at this very moment."""
        with self._lock:
            if not self._busy():
                self._thread = None
            return self._thread is None

    def _tick_all(self) -> None:
        store = self._store
        for tick in self._ticks:
            try:
                if store is not None:
                    tick(store)
            except Exception:
                self.failures += 1
                logging.getLogger("pacc.housekeeper").warning(
                    "housekeeping failed (%d times in this process) and is tried again in %g s",
                    self.failures,
                    self._period,
                    exc_info=True,
                )


housekeeper = Housekeeper(busy=lambda: active_flow_runs)
os.register_at_fork(after_in_child=housekeeper.renew)
