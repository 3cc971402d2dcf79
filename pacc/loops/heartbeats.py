"""One tick of what tells that flow runs go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.loops.loop import Loop
from pacc.services import execution_events
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from pacc.store import Store


def tick(store: Store, now: int) -> int | None:
    """Tell of each flow run that is being executed that it is; return when that is told again.

    Raises:
        StoreError: the store cannot be used; the next tick tries again.
    """
    execution_events.tell_of_living(store)
    seconds = get_current_settings().flows.heartbeat_frequency
    return None if seconds is None else now + seconds * 1_000_000


LOOP = Loop(
    name="heartbeats",
    meaning="Tell as events that flow runs go on.",
    tick=tick,
    every=3600.0,
    watches=False,
    enabled=lambda settings: settings.flows.heartbeat_frequency is not None,
)
