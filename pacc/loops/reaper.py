"""One tick of the search for runs whose process is gone."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pacc.loops.loop import Loop
from pacc.services.reaping import reap

if TYPE_CHECKING:
    from pacc.store import Store

EVERY_SECONDS = 2.0
"""From tick to tick; a dead run is found within five, whoever has to take the lease over first."""


def tick(store: Store, now: int) -> None:  # noqa: ARG001 - a dead process is dead at any time
    """Mark runs whose process is gone as crashed.

    Raises:
        StoreError: the store cannot be read or written; the next tick tries again.
    """
    for name in reap(store):
        logging.getLogger("pacc.reaper").warning("The flow run %r crashed: its process is gone.", name)


LOOP = Loop(
    name="reaper",
    meaning="Mark runs whose process is gone as crashed.",
    tick=tick,
    every=EVERY_SECONDS,
    watches=False,
)
OF_A_SCRIPT = Loop(
    name="reaper",
    meaning=LOOP.meaning,
    tick=tick,
    every=EVERY_SECONDS,
    watches=False,
    elected=False,
)
"""The same in a process that runs flows and will soon be over: it asks nobody."""
