"""One tick of the search for scheduled runs that nobody started in time."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from pacc.loops.loop import Loop
from pacc.services import overdue
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from pacc.store import Store


def tick(store: Store, now: int) -> int | None:
    """Call runs late that nobody started in time; return when the next one will be.

    Raises:
        StoreError: the store cannot be used; the next tick tries again.
    """
    after = get_current_settings().server.services.late_runs.after_seconds // timedelta(microseconds=1)
    for name in overdue.mark_late(store, now, after):
        logging.getLogger("pacc.late_runs").info("The flow run %r is late: nobody has started it.", name)
    return overdue.next_late(store, now, after)


LOOP = Loop(
    name="late-runs",
    meaning="Mark scheduled runs that nobody starts as late.",
    tick=tick,
    every=60.0,
    apart=lambda settings: settings.server.services.late_runs.loop_seconds,
    enabled=lambda settings: settings.server.services.late_runs.enabled,
)
