"""One tick of making the runs of schedules ahead."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from pacc.exceptions import StoreError
from pacc.loops.loop import Loop
from pacc.orchestration.scheduling import Horizon
from pacc.services import admission, scheduling
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pacc.services.scheduling import Look
    from pacc.store import Store


def tick(store: Store, now: int) -> int | None:
    """Make the runs of some schedules that have any to make; return when the next has, which may be now.

    A schedule that cannot be looked at is left for a minute, and the others are kept all the same.

    Raises:
        StoreError: the store cannot be used. Otherwise what the look at the first broken schedule raised.
    """
    settings = get_current_settings().server.services.scheduler
    if passed := admission.arrive(store, now):
        logging.getLogger("pacc.scheduler").info(
            "Passed over %d scheduled runs that were due while nothing was there to start them", passed
        )
    broken: list[Exception] = []
    made = scheduling.keep(store, _looks(store, now, settings.deployment_batch_size, broken))
    if made:
        logging.getLogger("pacc.scheduler").debug("Made %d scheduled runs", made)
    if broken:
        raise broken[0]
    return scheduling.next_time(store)


def _looks(store: Store, now: int, limit: int, broken: list[Exception]) -> Iterator[Look]:
    settings = get_current_settings().server.services.scheduler
    horizon, apart = Horizon.of(settings), timedelta(seconds=settings.loop_seconds)
    for row in scheduling.to_look_at(store, now, limit):
        try:
            yield scheduling.look(store, row, now, horizon, apart)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - one broken schedule must not keep the others; the tick raises it
            broken.append(error)
            scheduling.postpone(store, row, now + apart // timedelta(microseconds=1))


LOOP = Loop(
    name=admission.SCHEDULER,
    meaning="Make the runs of schedules ahead.",
    tick=tick,
    every=60.0,
    apart=lambda _: 0.1,
    enabled=lambda settings: settings.server.services.scheduler.enabled,
)
