"""Before due runs are claimed: what nobody was there to start is given up, and what must not run beside another one waits or ends it.

Whoever claims runs calls `before_claims` and then claims only runs that were due by the moment it gave.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from uuid import UUID

from pacc._internal import clock
from pacc._internal.jsontext import dumps
from pacc.orchestration.scheduling import Horizon, ScheduledRun, admit
from pacc.schemas.schedules import Overlap
from pacc.schemas.states import StateType
from pacc.services import leases, scheduling
from pacc.services.run_transitions import propose_flow_run_state
from pacc.settings import get_current_settings
from pacc.states import Cancelling

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from pacc.store import Store

SCHEDULER = "scheduler"
"""The lease of the process that makes the runs of schedules."""

GRACE = 15_000_000
"""Microseconds: a run overdue by no more than this when somebody comes to start it was not missed."""

_SKIPPED = "An earlier run of the same schedule had not ended when this one was due."
_OVERTAKEN = "A later run of the same schedule was due."

_drifts: dict[Path, float] = {}
"""For each home, by how much the wall clock is ahead of the clock of durations, since this process is there to start runs."""


def before_claims(store: Store, now: int) -> None:
    """Settle which due runs of schedules may start; costs a few microseconds where no schedule minds.

    Args:
        store: where they are kept.
        now: the present moment in microseconds since the epoch; claim only what was due by then.

    Raises:
        StoreError: the store cannot be used.
    """
    arrive(store, now)
    admit_due(store, now)


def arrive(store: Store, now: int) -> int:
    """Say that this process is there to start runs; give up what was due while none was, and return how many runs that were.

    None was before the first process came, and while the machine slept, which shows in a wall clock that has gone on more than
    time has passed.

    Args:
        store: where runs are kept.
        now: the present moment in microseconds since the epoch.

    Raises:
        StoreError: the store cannot be used.
    """
    drift = now / 1_000_000 - clock.monotonic()
    before = _drifts.get(store.home)
    since = None
    jump = 0 if before is None else int((drift - before) * 1_000_000)
    if before is None:
        since = None if leases.is_held_elsewhere(store, SCHEDULER) else 0
    elif jump > GRACE:
        since = now - jump
    if before is None or jump < -GRACE:
        scheduling.look_again(store, now)
    passed = 0
    if since is not None:
        horizon = Horizon.of(get_current_settings().server.services.scheduler)
        passed = scheduling.pass_over(store, since, now, GRACE, horizon)
    _drifts[store.home] = drift
    return passed


def leave(store: Store) -> None:
    """Say that this process starts no runs any more."""
    _drifts.pop(store.home, None)


def admit_due(store: Store, now: int) -> None:
    """Let due runs of schedules that mind their earlier runs be skipped, or cancel the earlier ones.

    Raises:
        StoreError: the store cannot be used.
    """
    wary = {row["id"]: row for row in store.read("scheduling.wary")}
    if not wary:
        return
    of = {"deployments": dumps(sorted({row["deployment_id"] for row in wary.values()}))}
    due = store.read("scheduling.due", {"now": now, **of})
    if not any(row["schedule_id"] in wary for row in due):
        return
    unfinished = store.read("scheduling.unfinished", of)
    for identity, row in wary.items():
        _admit(
            store,
            Overlap(row["overlap"]),
            [each for each in due if each["schedule_id"] == identity],
            [each for each in unfinished if each["schedule_id"] == identity],
            now,
        )


def _admit(
    store: Store, overlap: Overlap, due: list[sqlite3.Row], unfinished: list[sqlite3.Row], now: int
) -> None:
    runs = [ScheduledRun(id=UUID(row["id"]), time=clock.to_datetime(row["due"])) for row in due]
    decided = admit(runs, [UUID(row["id"]) for row in unfinished], overlap)
    message = _SKIPPED if overlap is Overlap.SKIP else _OVERTAKEN
    scheduling.skip(store, [str(each) for each in decided.skip], message, now)
    ending = {row["id"] for row in unfinished if row["state_type"] == StateType.CANCELLING}
    for each in decided.cancel:
        if str(each) not in ending:
            propose_flow_run_state(store, str(each), Cancelling(message=_OVERTAKEN))


os.register_at_fork(after_in_child=_drifts.clear)
