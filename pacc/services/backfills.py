"""Backfills: asked for, carried on a few runs at a time, listed, cancelled.

A backfill knows from the beginning which runs it makes. Each has an idempotency key of its own, so however often a step is taken, by
however many processes, a run is made once.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal import clock
from pacc._internal.ids import new_id
from pacc._internal.jsontext import dumps
from pacc.exceptions import InvalidDeploymentError, ObjectNotFound
from pacc.orchestration.backfilling import MOST, room, wanted_times
from pacc.schemas.backfills import Backfill, BackfillMode, BackfillState
from pacc.schemas.flow_runs import CreatedBy
from pacc.schemas.templated_values import Templates
from pacc.services import deployments
from pacc.services.run_transitions import propose_flow_run_state
from pacc.states import Cancelling, Scheduled

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from pacc.schemas.deployments import Deployment
    from pacc.store import Store

TAG = "backfill"
"""A tag that all runs of backfills have."""


def plan(
    store: Store, deployment: Deployment, first: datetime, last: datetime, mode: BackfillMode
) -> list[tuple[datetime, str]]:
    """Return the times a backfill would make runs for, each with its schedule's id.

    Args:
        store: where runs are kept.
        deployment: the deployment; all its schedules count, those that rest as well.
        first: the first moment that counts; aware.
        last: the last one; aware.
        mode: which of the times are wanted.

    Raises:
        InvalidDeploymentError: it has no schedule, the moments are the wrong way round, or there would be too many runs.
    """
    if not deployment.schedules:
        raise InvalidDeploymentError(
            f'"{deployment.full_name}" has no schedule, so there are no times to make runs for',
            hint=f"pacc deployment schedule create '{deployment.full_name}' --help",
        )
    if last < first:
        raise InvalidDeploymentError(
            f"the end {last:%Y-%m-%d %H:%M} lies before the beginning {first:%Y-%m-%d %H:%M}"
        )
    bounds = {"first": clock.from_datetime(first), "last": clock.from_datetime(last)}
    rows = store.read("backfills.known_times", {"deployment_id": str(deployment.id), **bounds})
    known = {clock.to_datetime(row["time"]): row["state_type"] for row in rows}
    schedules = [(str(each.id), each.schedule) for each in deployment.schedules]
    times = wanted_times(schedules, first, last, mode, known)
    if len(times) > MOST:
        raise InvalidDeploymentError(
            f"that would be more than {MOST:,} runs", hint="Take a shorter time, and then the next one."
        )
    return times


def create(
    store: Store,
    deployment: Deployment,
    first: datetime,
    last: datetime,
    *,
    mode: BackfillMode = BackfillMode.MISSING,
    max_active: int = 4,
    parameters: Mapping[str, Any] | None = None,
) -> Backfill:
    """Ask for a backfill; whoever keeps house carries it out, however often it is stopped in between.

    Args:
        store: where it is kept.
        deployment: the deployment.
        first: the first moment that counts; aware.
        last: the last one; aware.
        mode: for which of its schedules' times runs are made.
        max_active: how many of its runs may be open at once.
        parameters: what its runs are given over what the deployment and the schedule say.

    Raises:
        InvalidDeploymentError: see `plan`.
        ParameterTypeError: the parameters do not fit the deployment's schema.
    """
    times = plan(store, deployment, first, last, mode)
    deployments.run_row(store, deployment, parameters=parameters)  # only to see that they fit
    identity = new_id()
    row = {
        "id": identity, "deployment_id": str(deployment.id), "now": clock.now(), "mode": str(mode),
        "first": clock.from_datetime(first), "last": clock.from_datetime(last), "max_active": max_active,
        "parameters": dumps(dict(parameters or {})),
        "moments": dumps([[clock.from_datetime(time), schedule] for time, schedule in times]),
    }  # fmt: skip
    store.write("backfills.insert", row)
    return read(store, identity)


def carry_on(store: Store) -> int:
    """Make the next runs of all backfills, as many as may be open, and return how many that were.

    Raises:
        StoreError: the store cannot be used; what was made is made.
    """
    return sum(_carry_on(store, row) for row in store.read("backfills.open"))


def _carry_on(store: Store, row: sqlite3.Row) -> int:
    deployment = deployments.read(store, row["deployment_id"])
    runs = _runs(store, row["id"], deployment)
    moments = json.loads(row["moments"])
    is_open = sum(number for state, number in runs.items() if state not in _OVER)
    count = room(row["max_active"], is_open, len(moments) - row["made"])
    if not count:
        if not is_open and row["made"] >= len(moments):
            _finish(store, row["id"], BackfillState.COMPLETED)
        return 0
    for time, schedule_id in moments[row["made"] : row["made"] + count]:
        _make(store, row, deployment, clock.to_datetime(time), schedule_id)
    made = {"id": row["id"], "made": row["made"] + count, "seen": row["made"], "now": clock.now()}
    store.write("backfills.proceed", made)
    return count


_OVER = frozenset({"COMPLETED", "FAILED", "CANCELLED", "CRASHED"})


def _make(store: Store, row: sqlite3.Row, deployment: Deployment, time: datetime, schedule_id: str) -> None:
    schedule = next((each for each in deployment.schedules if str(each.id) == schedule_id), None)
    deployments.create_run(
        store,
        deployment.id,
        parameters={**(schedule.parameters if schedule else {}), **json.loads(row["parameters"])},
        state=Scheduled(scheduled_time=time),
        tags=[TAG],
        enforce_parameter_schema=False,  # as those of a schedule: the run says what is wrong
        templates=Templates.WHEN_IT_BEGINS,
        idempotency_key=f"{_beginning(row['id'])}{schedule_id} {time.astimezone(UTC).isoformat()}",
        created_by=CreatedBy(id=UUID(row["id"]), type="BACKFILL", display_value=f"backfill {row['id']}"),
    )


def _beginning(backfill_id: str) -> str:
    return f"backfill {backfill_id} "


def _runs(store: Store, backfill_id: str, deployment: Deployment) -> dict[str, int]:
    rows = store.read("backfills.runs", _bounds(backfill_id, deployment))
    return {row["state_type"]: row["number"] for row in rows}


def _bounds(backfill_id: str, deployment: Deployment) -> dict[str, str]:
    beginning = _beginning(backfill_id)
    return {"flow_id": str(deployment.flow_id), "beginning": beginning, "end": f"{beginning[:-1]}!"}


def read(store: Store, backfill_id: UUID | str) -> Backfill:
    """Return a backfill by its id.

    Raises:
        ObjectNotFound: there is none.
    """
    rows = store.read("backfills.read", {"id": str(backfill_id)})
    if not rows:
        raise ObjectNotFound(f'no backfill "{backfill_id}"', hint="pacc backfill ls")
    return _record(store, rows[0])


def find(store: Store, reference: str) -> Backfill:
    """Return the backfill a person means by its id, the beginning of it, or `@last`.

    Raises:
        ObjectNotFound: there is none, or there are several.
    """
    if reference == "@last":
        rows = store.read("backfills.last")
    else:
        rows = store.read("backfills.by_prefix", {"reference": reference.lower()})
    if len(rows) > 1:
        raise ObjectNotFound(f'several backfills have ids that begin with "{reference}"; write more of it')
    if not rows:
        raise ObjectNotFound(f'no backfill "{reference}"', hint="pacc backfill ls")
    return _record(store, rows[0])


def select(store: Store, *, limit: int | None = None) -> list[Backfill]:
    """Return backfills, the newest first.

    Args:
        store: where they are kept.
        limit: so many at most; all otherwise.
    """
    rows = store.read("backfills.select", {"limit": -1 if limit is None else limit})
    return [_record(store, row) for row in rows]


def cancel(store: Store, backfill_id: UUID | str) -> int:
    """Make no more runs of a backfill, and cancel those that nobody has begun; return how many those were.

    Raises:
        ObjectNotFound: there is none. InvalidDeploymentError: it is over already.
    """
    known = read(store, backfill_id)
    if not _finish(store, str(known.id), BackfillState.CANCELLED):
        raise InvalidDeploymentError(f"the backfill {known.id} is over already: {known.state.lower()}")
    deployment = deployments.read(store, known.deployment_id)
    waiting = store.read("backfills.waiting", _bounds(str(known.id), deployment))
    for row in waiting:
        propose_flow_run_state(store, row["id"], Cancelling())
    return len(waiting)


def _finish(store: Store, backfill_id: str, state: BackfillState) -> bool:
    return bool(store.write("backfills.finish", {"id": backfill_id, "state": str(state), "now": clock.now()}))


def _record(store: Store, row: sqlite3.Row) -> Backfill:
    deployment = deployments.read(store, row["deployment_id"])
    return Backfill(
        id=UUID(row["id"]),
        deployment_id=deployment.id,
        deployment_name=deployment.full_name,
        created=clock.to_datetime(row["created"]),
        updated=clock.to_datetime(row["updated"]),
        first=clock.to_datetime(row["first"]),
        last=clock.to_datetime(row["last"]),
        mode=BackfillMode(row["mode"]),
        max_active=row["max_active"],
        parameters=json.loads(row["parameters"]),
        total=len(json.loads(row["moments"])),
        made=row["made"],
        runs=_runs(store, row["id"], deployment),
        state=BackfillState(row["state"]),
    )
