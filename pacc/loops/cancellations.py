"""One tick of the search for runs that were told to stop and have no process that could."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pacc.loops.loop import Loop
from pacc.services import overdue
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from pacc.store import Store


def tick(store: Store, now: int) -> int | None:
    """Call runs cancelled that have no process and should have stopped long ago; return when the next one should have.

    Raises:
        StoreError: the store cannot be used; the next tick tries again.
    """
    settings = get_current_settings().server.services.cancellation_cleanup
    after = int(settings.cancelling_timeout_seconds * 1_000_000)
    for name in overdue.end_cancelling(store, now, after):
        logging.getLogger("pacc.cancellations").warning(
            "The flow run %r is cancelled now: no process answered for it.", name
        )
    return overdue.next_cancelling(store, after)


LOOP = Loop(
    name="cancellations",
    meaning="End runs that were told to stop and have no process.",
    tick=tick,
    every=300.0,
    apart=lambda settings: settings.server.services.cancellation_cleanup.loop_seconds,
    enabled=lambda settings: settings.server.services.cancellation_cleanup.enabled,
)
