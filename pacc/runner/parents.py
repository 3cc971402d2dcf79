"""The warm parents of a runner: one for each source, started when it is first wanted, replaced when its code has changed."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from pacc.runner.warm import News, Order, Warm

if TYPE_CHECKING:
    from pacc.runner.warm import Source, Terms

MOST = 4
"""How many are kept that have nothing to do."""

_MOST_AT_ALL = 32
_NOT_AGAIN_FOR = 60.0
"""Seconds for which runs begin in fresh interpreters where a parent was unfit, before another one is tried."""

_log = logging.getLogger("pacc.runner")


class Parents:
    """Knows the parents, and has runs started by them.

    Args:
        terms: what holds for all that they fork.
    """

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._current: dict[Source, Warm] = {}
        """The one for each source, the one used last at the end."""
        self._retired: list[Warm] = []
        self._unfit: dict[Source, float] = {}

    def __len__(self) -> int:
        return sum(len(parent) for parent in self._everyone())

    def are_there(self) -> bool:
        """Say whether any process of them is left."""
        return bool(self._everyone())

    def are_told(self) -> bool:
        """Say whether each of them tells when a supervisor ends; one that is gone cannot."""
        return not any(parent.has_orphans() for parent in self._everyone())

    def filenos(self) -> list[int]:
        """Return what is readable when there is something to collect."""
        return [parent.fileno() for parent in self._everyone() if parent.fileno() >= 0]

    def prepare(self, source: Source) -> None:
        """Have a source loaded, as it will be wanted soon.

        Raises:
            OSError: no process can be started.
        """
        self._parent_of(source)

    def start(self, order: Order, source: Source) -> bool:
        """Have a run started; say whether it is, or somebody else must start it.

        Args:
            order: the run.
            source: its code.

        Raises:
            OSError: no process can be started.
        """
        parent = self._parent_of(source)
        if parent is None:
            return False
        parent.start(order)
        return True

    def collect(self) -> News:
        """Return what has happened since this was last asked; what a changed source sent back has been started anew."""
        news = News([], [])
        for parent in self._everyone():
            told = parent.collect()
            news.ended.extend(told.ended)
            if parent.unfit and self._current.get(parent.source) is parent:
                self._retire(parent)
            news.sent_back.extend(
                run for run in told.sent_back if not self._is_begun_anew(run, parent.source)
            )
        self._retired = [parent for parent in self._retired if len(parent) or not parent.is_gone()]
        return news

    def _is_begun_anew(self, flow_run_id: str, source: Source) -> bool:
        try:
            return self.start(Order(flow_run_id), source)
        except OSError:  # no process can be started; whoever starts it instead will say so
            return False

    def signal(self, number: int) -> None:
        """Send a signal to every supervisor."""
        for parent in self._everyone():
            parent.signal(number)

    def close(self) -> None:
        """Let go of them; each ends once its last supervisor has."""
        for parent in list(self._current.values()):
            self._retire(parent)

    def leave(self) -> None:
        """Let go of those that are left."""
        for parent in self._everyone():
            parent.leave()
        self._current.clear()
        self._retired.clear()

    def _everyone(self) -> list[Warm]:
        return [*self._current.values(), *self._retired]

    def _parent_of(self, source: Source) -> Warm | None:
        """Return the parent of a source, starting it where there is none; `None` where one should not be tried."""
        parent = self._current.pop(source, None)
        if parent is None and (self._unfit.get(source, 0.0) > time.monotonic() or not self._has_room()):
            return None
        if parent is None:  # one that has nothing to do is false
            parent = Warm(source, self._terms)
        self._current[source] = parent
        return parent

    def _has_room(self) -> bool:
        idle = [parent for parent in self._current.values() if not len(parent)]
        for parent in idle[: max(0, len(idle) - MOST + 1)]:
            self._retire(parent)
        return len(self._current) < _MOST_AT_ALL

    def _retire(self, parent: Warm) -> None:
        self._current.pop(parent.source, None)
        self._retired.append(parent)
        if parent.unfit and not parent.is_replaced():
            self._unfit[parent.source] = time.monotonic() + _NOT_AGAIN_FOR
            _log.info("Runs of %s begin in fresh interpreters: %s", parent.source.entrypoint, parent.unfit)
        parent.close()
