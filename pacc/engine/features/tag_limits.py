"""Tag limits: a task run holds a slot of the limit of each of its tags while it runs, its waits for retries included."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from pacc.schemas.concurrency import TAG_PREFIX, ConcurrencyLeaseHolder
from pacc.services.concurrency_slots import known_limits

if TYPE_CHECKING:
    from pacc._internal.steps import Steps
    from pacc.concurrency._acquiring import Lease
    from pacc.services.live_runs import LiveTaskRun


def slots_of_tags(run: LiveTaskRun) -> Steps[Lease | None]:
    """Take a slot of each limit that one of a run's tags has, waiting for it; nothing is taken where no tag has one.

    Raises:
        ConcurrencySlotAcquisitionError: a limit lets nobody through.
    """
    names = known_limits(run.store, [f"{TAG_PREFIX}{tag}" for tag in run.tags])
    if not names:
        return None
    from pacc.concurrency._acquiring import acquiring  # start-up: few tags have limits

    holder = ConcurrencyLeaseHolder(type="task_run", id=UUID(run.id))
    return (yield from acquiring(tuple(names), holder=holder))
