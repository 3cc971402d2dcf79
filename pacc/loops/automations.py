"""One tick of the automations: triggers are evaluated up to the present, and what is to be done is begun.

Actions have threads of their own, a few at a time, so that an address that does not answer holds nothing up.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import TYPE_CHECKING

from pacc._internal import clock, sessions
from pacc.loops import actions
from pacc.loops.loop import Loop
from pacc.services.triggers import Evaluation

if TYPE_CHECKING:
    from pacc.store import Store

LOOK_SECONDS = 0.025
"""How often the store is asked whether it has changed."""
MOST_AT_ONCE = 8
"""How many actions a process does at once."""

_SLICE_SECONDS = 0.5
_LOOK_FOR_THE_DEAD_SECONDS = 2.0
_TAKEN_AT_ONCE = 100


class Automating:
    """What one process keeps in mind of the automations of one store.

    Args:
        store: the store.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.pid = os.getpid()
        self._evaluation = Evaluation(store)
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._under_way: set[tuple[str, int]] = set()
        self._looked = 0.0

    def tick(self, now: int) -> int | None:
        """Evaluate and act; return when there is something to do next."""
        until = time.monotonic() + _SLICE_SECONDS
        while more := self._evaluation.step(now):
            self.act(now)
            if time.monotonic() > until:
                break
            now = clock.now()
        self._mind_the_dead(now)
        self.act(now)
        if more:
            return now
        due = [self._evaluation.next_due(), self._next_action()]
        return min((each for each in due if each is not None), default=None)

    def act(self, now: int) -> None:
        """Begin what is due, as far as there is room."""
        for row in self.store.read("triggers.due", {"now": now, "limit": _TAKEN_AT_ONCE}):
            key = (row["firing_id"], row["place"])
            if key in self._under_way:
                continue
            if not self._places.acquire(blocking=False):
                return
            self._under_way.add(key)
            threading.Thread(target=self._do, args=key, name="pacc-action", daemon=True).start()

    def _do(self, firing_id: str, place: int) -> None:
        try:
            actions.do(self.store, firing_id, place)
        except Exception:
            logging.getLogger("pacc.automations").exception("An action was not done and is tried again")
        finally:
            self._under_way.discard((firing_id, place))
            self._places.release()

    def _next_action(self) -> int | None:
        due = self.store.read("triggers.next_due")[0]["due"]
        return None if due is None else max(due, clock.now() + 10_000)

    def _mind_the_dead(self, now: int) -> None:
        """Have the actions done again of processes that are gone."""
        if time.monotonic() < self._looked + _LOOK_FOR_THE_DEAD_SECONDS:
            return
        self._looked = time.monotonic()
        for row in self.store.read("triggers.running"):
            if not sessions.is_alive(self.store.home, row["session"]):
                self.store.write("triggers.give_back", {"session": row["session"], "now": now})


_automating: dict[str, Automating] = {}


def tick(store: Store, now: int) -> int | None:
    """Evaluate the triggers up to now and begin what is to be done; return when there is something to do next.

    Raises:
        StoreError: the store cannot be used; the next tick tries again.
    """
    key = str(store.home)
    kept = _automating.get(key)
    if kept is None or kept.store is not store or kept.pid != os.getpid():
        kept = _automating[key] = Automating(store)
    return kept.tick(now)


LOOP = Loop(
    name="automations",
    meaning="Evaluate the triggers of automations, and act.",
    tick=tick,
    every=5.0,
    apart=lambda _: 0.0,
    enabled=lambda settings: settings.server.services.triggers.enabled,
)
