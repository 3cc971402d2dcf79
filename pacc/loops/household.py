"""Every loop there is, and the keeping of all of them in a process that is there to stay."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pacc._internal import clock
from pacc.loops import (
    automations,
    backfills,
    cancellations,
    heartbeats,
    late_runs,
    notifications,
    pauses,
    reaper,
    retention,
    scheduler,
)
from pacc.loops.housekeeper import Housekeeper
from pacc.schemas.leases import Service
from pacc.services import admission, leases
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Generator

    from pacc.store import Store

_PRESSING = (automations.LOOP,)
"""What is looked at many times a second, in a thread of its own."""

_OTHERS = (
    reaper.LOOP,
    scheduler.LOOP,
    backfills.LOOP,
    late_runs.LOOP,
    cancellations.LOOP,
    pauses.LOOP,
    notifications.LOOP,
    heartbeats.LOOP,
    retention.LOOP,
)

LOOPS = (*_PRESSING, *_OTHERS)
"""All loops, the most pressing first."""


@contextmanager
def keeping_house(store: Store) -> Generator[Housekeeper, None, None]:
    """Do the housekeeping in threads of this process as long as the block lasts, unless another process does it.

    `serve`, workers, `pacc server start` and the dashboard all do; a lease leaves each loop to one of them.

    Args:
        store: the store to look after.

    Example:
        >>> with keeping_house(store):  # doctest: +SKIP
        ...     serve_until_told_to_stop()
    """
    admission.arrive(store, clock.now())
    pressing = Housekeeper(busy=_for_ever, loops=_PRESSING, look=automations.LOOK_SECONDS)
    keeper = Housekeeper(busy=_for_ever, loops=_OTHERS)
    pressing.wanted(store)
    keeper.wanted(store)
    try:
        yield keeper
    finally:
        pressing.stop()
        keeper.stop()
        admission.leave(store)


def services(store: Store) -> list[Service]:
    """Return every loop with the process that has its lease.

    Example:
        >>> [service.name for service in services(store)]  # doctest: +SKIP
        ['reaper', 'scheduler', 'backfills', 'late-runs', 'cancellations', 'notifications', 'retention']
    """
    held = {lease.name: lease for lease in leases.select(store)}
    settings = get_current_settings()
    return [
        Service(
            name=loop.name,
            meaning=loop.meaning,
            enabled=loop.enabled(settings),
            lease=held.get(loop.name),
        )
        for loop in LOOPS
    ]


def _for_ever() -> bool:
    return True
