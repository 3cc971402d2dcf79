"""One tick of the search for suspended runs that nobody resumed in time."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pacc.loops.loop import Loop
from pacc.services import pausing

if TYPE_CHECKING:
    from pacc.store import Store


def tick(store: Store, now: int) -> int | None:
    """Fail runs whose pause is over; return when the next one's will be.

    Raises:
        StoreError: the store cannot be used; the next tick tries again.
    """
    failed, following = pausing.expire(store, now)
    for name in failed:
        logging.getLogger("pacc.pauses").warning("The flow run %r failed: nobody resumed it in time.", name)
    return following


LOOP = Loop(
    name="pauses",
    meaning="Fail suspended runs that nobody resumed in time.",
    tick=tick,
    every=60.0,
    apart=lambda settings: settings.server.services.pause_expirations.loop_seconds,
    enabled=lambda settings: settings.server.services.pause_expirations.enabled,
)
