"""Schedules kept: their runs made ahead, made up for, and passed over; what is decided is `orchestration.scheduling`'s.

Any number of processes may do this at once. A schedule's runs are made in the transaction that notes that it was looked at, and only
if nobody has changed or looked at it since it was read; and in the store a run is unique by its key.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal import clock
from pacc._internal.jsontext import dumps, quoted
from pacc.orchestration.scheduling import ScheduledRun, given_up, idempotency_key, next_look, plan
from pacc.schemas.flow_runs import CreatedBy
from pacc.schemas.schedules import Catchup
from pacc.schemas.templated_values import Templates
from pacc.services import deployments
from pacc.states import Scheduled
from pacc.store.deployments import schedule_from_row

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from pacc.orchestration.scheduling import Horizon, Plan
    from pacc.schemas.deployments import Deployment, DeploymentSchedule
    from pacc.store import Store

AUTO_SCHEDULED = "auto-scheduled"
"""The tag of every run that a schedule made."""

_NEVER = 1 << 62
_ROWS = 100
_SKIPPED_AT_ONCE = 500
_PASSED_OVER = (
    "Nothing was there to start this run when it was due, and its schedule makes up for {} missed runs."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look at one schedule found: the runs to make, and what to note, unless somebody changed it meanwhile."""

    rows: list[dict[str, Any]]
    """Rows of runs to make."""
    note: dict[str, Any]
    """Parameters of `scheduling.looked`."""


def to_look_at(store: Store, now: int, limit: int) -> list[sqlite3.Row]:
    """Return some schedules that have runs to make by now, the longest waiting first; `look` takes them."""
    return store.read("scheduling.to_look_at", {"now": now, "limit": limit})


def next_time(store: Store) -> int | None:
    """Return when some schedule has runs to make next, in microseconds since the epoch; `None` where none ever has."""
    found = store.read("scheduling.next_look")
    return found[0]["look_at"] if found and found[0]["look_at"] < _NEVER else None


def look(store: Store, row: sqlite3.Row, now: int, horizon: Horizon, apart: timedelta) -> Look:
    """Decide what a schedule has to make; `keep` writes it.

    Args:
        store: where it is kept.
        row: the schedule, from `to_look_at`.
        now: the present moment in microseconds since the epoch.
        horizon: how far ahead runs are made.
        apart: the least time to the next look, unless the runs made ahead would run out before.

    Raises:
        StoreError: the store cannot be used.
    """
    schedule, moment = schedule_from_row(row), clock.to_datetime(now)
    if schedule.max_scheduled_runs is not None:
        horizon = replace(horizon, max_runs=min(horizon.max_runs, schedule.max_scheduled_runs))
    made = _made(store, row, schedule, moment)
    wanted = plan(
        schedule.schedule,
        moment,
        made_until=schedule.made_until,
        made=made,
        catchup=schedule.catchup,
        horizon=horizon,
    )
    ahead = sorted(time for time in {*made, *wanted.create} if time >= moment)
    following = next_look(schedule.schedule, ahead, moment, horizon=horizon, apart=apart)
    more = wanted.made_until < moment
    look_at = now if more else _NEVER if following is None else clock.from_datetime(following)
    note = {
        "id": row["id"],
        "updated": row["updated"],
        "deployment_updated": row["deployment_updated"],
        "seen": row["look_at"],
        "seen_made_until": row["made_until"],
        "made_until": clock.from_datetime(wanted.made_until),
        "look_at": look_at,
    }
    return Look(rows=_rows(store, schedule, wanted), note=note)


def keep(store: Store, looks: Iterable[Look]) -> int:
    """Write what looks have decided, a few schedules at a time, and return how many runs were made.

    Raises:
        StoreError: the store cannot be used; a part may be written.
    """
    made = 0
    batch: list[Look] = []
    for each in looks:
        batch.append(each)
        if sum(len(kept.rows) for kept in batch) >= _ROWS:
            made += _kept(store, batch)
            batch = []
    return made + _kept(store, batch)


def postpone(store: Store, row: sqlite3.Row, until: int) -> None:
    """Look at a schedule again only later, since looking at it has failed."""
    store.write("scheduling.postpone", {"id": row["id"], "seen": row["look_at"], "look_at": until})


def pass_over(store: Store, since: int, now: int, grace: int, horizon: Horizon) -> int:
    """Give up the runs, made ahead, that were due while nothing was there to start them, and return how many that were.

    Their schedules say what becomes of missed runs: none starts, or only the latest. One that makes up for all has none given up.

    Args:
        store: where they are kept.
        since: from when on nothing was there, in microseconds since the epoch.
        now: the present moment; something is there again.
        grace: a run overdue by no more microseconds than this was not missed.
        horizon: how far ahead runs are made.

    Raises:
        StoreError: the store cannot be used.
    """
    missed = _missed(store, since, now - grace)
    latest = {row["schedule_id"] for row in missed if row["catchup"] == Catchup.LATEST}
    if latest:  # the latest missed time may have no run yet
        keep(store, _looks(store, latest, now, horizon))
        missed = _missed(store, since, now - grace)
    none = [row["id"] for row in missed if row["catchup"] == Catchup.NONE]
    older = [
        str(run)
        for schedule in latest
        for run in given_up(
            [_scheduled(row) for row in missed if row["schedule_id"] == schedule], Catchup.LATEST
        )
    ]
    return skip(store, none, _PASSED_OVER.format("no"), now) + skip(
        store, older, _PASSED_OVER.format("only the latest of"), now
    )


def look_again(store: Store, now: int) -> None:
    """After a clock was set back: let schedules be looked at that were looked at later than now, and take skipped runs back.

    Runs that were passed over because they seemed to be long due are made again in time.

    Args:
        store: where they are kept.
        now: the present moment in microseconds since the epoch.

    Raises:
        StoreError: the store cannot be used.
    """
    if store.read("scheduling.looked_at_later", {"now": now}):
        store.write_all(("scheduling.take_back", {"now": now}), ("scheduling.look_again", {"now": now}))


def skip(store: Store, runs: Sequence[str], message: str, now: int) -> int:
    """Let runs that nobody has begun never start; return how many that was true for.

    Raises:
        StoreError: the store cannot be used.
    """
    skipped = 0
    for first in range(0, len(runs), _SKIPPED_AT_ONCE):
        some = dumps(list(runs[first : first + _SKIPPED_AT_ONCE]))
        told = {"ids": some, "now": now, "message": message, "quoted_message": quoted(message)}
        skipped += len(store.write("scheduling.skip", told))
    return skipped


def _looks(store: Store, schedules: Iterable[str], now: int, horizon: Horizon) -> Iterable[Look]:
    for schedule in schedules:
        for row in store.read("scheduling.one", {"id": schedule}):
            yield look(store, row, now, horizon, timedelta(0))


def _missed(store: Store, since: int, bound: int) -> list[sqlite3.Row]:
    return store.read("scheduling.missed", {"since": since, "bound": bound})


def _scheduled(row: sqlite3.Row) -> ScheduledRun:
    return ScheduledRun(id=UUID(row["id"]), time=clock.to_datetime(row["due"]))


def _made(store: Store, row: sqlite3.Row, schedule: DeploymentSchedule, now: datetime) -> set[datetime]:
    """Return the times that have a run already, from the last look on, or from now where the clock was set back."""
    first = now if schedule.made_until is None else min(schedule.made_until, now)
    begin = idempotency_key(row["deployment_id"], row["id"], first.replace(microsecond=0))
    prefix = begin.rpartition(" ")[0]
    keys = store.read("scheduling.made", {"flow_id": row["flow_id"], "first": begin, "end": f"{prefix}!"})
    return {datetime.fromisoformat(key[0].rpartition(" ")[2]).astimezone(UTC) for key in keys}


def _rows(store: Store, schedule: DeploymentSchedule, wanted: Plan) -> list[dict[str, Any]]:
    if not wanted.create:
        return []
    deployment = deployments.read(store, str(schedule.deployment_id))
    maker = CreatedBy(
        id=schedule.id,
        type="SCHEDULE",
        display_value=schedule.slug or type(schedule.schedule).__name__,
    )
    return [_row(store, deployment, schedule, maker, time) for time in wanted.create]


def _row(
    store: Store, deployment: Deployment, schedule: DeploymentSchedule, maker: CreatedBy, time: datetime
) -> dict[str, Any]:
    """The parameters are worked out and checked when the run begins, which then says what is wrong with them."""
    return deployments.run_row(
        store,
        deployment,
        parameters=schedule.parameters,
        state=Scheduled(scheduled_time=time),
        tags=(AUTO_SCHEDULED,),
        idempotency_key=idempotency_key(deployment.id, schedule.id, time),
        created_by=maker,
        auto_scheduled=True,
        enforce_parameter_schema=False,
        templates=Templates.WHEN_IT_BEGINS,
    )


def _kept(store: Store, batch: Sequence[Look]) -> int:
    if not batch:
        return 0
    made = 0
    with store.transaction() as changes:
        for each in batch:
            if changes.run("scheduling.looked", each.note):
                made += sum(len(changes.run("flow_runs.insert", row)) for row in each.rows)
    return made
