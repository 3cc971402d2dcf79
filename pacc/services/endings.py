"""Who waits for task runs that other processes execute, and is told when they are over.

One thread for each store looks whether anyone has committed, which costs some microseconds, and asks which of the awaited runs are
over only when someone has. It is there while somebody waits.
"""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

from pacc._internal.jsontext import dumps
from pacc.exceptions import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pacc.store import Store

_SHORTEST_PAUSE = 0.002
_LONGEST_PAUSE = 0.02
_AFTER_TROUBLE = 0.5


class Watch:
    """One wait for one run.

    Args:
        endings: who looks.
        run_id: the task run.
        tell: called once, from another thread, when it is over.
    """

    __slots__ = ("_endings", "run_id", "tell")

    def __init__(self, endings: Endings, run_id: str, tell: Callable[[], None]) -> None:
        self._endings = endings
        self.run_id = run_id
        self.tell = tell

    def call_off(self) -> None:
        """Wait no longer."""
        self._endings.leave(self)


class Endings:
    """The waits of this process for runs of one store.

    Args:
        store: where the runs are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._watches: dict[str, list[Watch]] = {}
        self._new = False
        self._thread: threading.Thread | None = None

    def enter(self, watch: Watch) -> None:
        """Look for the end of one more run."""
        with self._lock:
            self._watches.setdefault(watch.run_id, []).append(watch)
            self._new = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="pacc-endings", daemon=True)
                self._thread.start()

    def leave(self, watch: Watch) -> None:
        """Forget one wait."""
        with self._lock:
            others = [other for other in self._watches.get(watch.run_id, []) if other is not watch]
            if others:
                self._watches[watch.run_id] = others
            else:
                self._watches.pop(watch.run_id, None)

    def _look(self) -> None:
        seen: int | None = None
        pause = _SHORTEST_PAUSE
        while self._is_wanted():
            try:
                version = self._store.data_version()
                if version != seen or self._new:
                    self._new = False
                    self._tell_those_over()
                    seen, pause = version, _SHORTEST_PAUSE
                else:
                    pause = min(2 * pause, _LONGEST_PAUSE)
            except StoreError:  # whoever asks for the state then is told what is wrong
                pause = _AFTER_TROUBLE
            time.sleep(pause)

    def _is_wanted(self) -> bool:
        with self._lock:
            if self._watches:
                return True
            self._thread = None
        _all.pop(id(self._store), None)  # who comes next makes another one
        return False

    def _tell_those_over(self) -> None:
        with self._lock:
            ids = dumps(list(self._watches))
        over = [str(row["id"]) for row in self._store.read("task_runs.over", {"ids": ids})]
        with self._lock:
            watches = [watch for run_id in over for watch in self._watches.pop(run_id, [])]
        for watch in watches:
            watch.tell()


_all: dict[int, Endings] = {}
_making = threading.Lock()


def watch(store: Store, run_id: str, tell: Callable[[], None]) -> Watch:
    """Have a function called as soon as a task run is over, or is not there any more.

    Args:
        store: where the run is.
        run_id: the run.
        tell: called once, from another thread; it must be quick, and not raise.

    Returns:
        The wait, which can be called off.
    """
    with _making:
        endings = _all.get(id(store))
        if endings is None:
            endings = _all[id(store)] = Endings(store)
    wait = Watch(endings, run_id, tell)
    endings.enter(wait)
    return wait


def _start_over() -> None:
    """A forked child has no such thread, and nobody who waits."""
    global _making
    _making = threading.Lock()
    _all.clear()


os.register_at_fork(after_in_child=_start_over)
