"""Work pools: made, found, changed, paused and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal import clock, ids
from pacc._internal.jsontext import dumps
from pacc.exceptions import InvalidValueError, ObjectAlreadyExists, ObjectNotFound
from pacc.schemas.choices import DEFAULT_QUEUE
from pacc.schemas.flows import checked_name
from pacc.schemas.variables import UNCHANGED
from pacc.schemas.work_pools import (
    FlowRunSlotSummary,
    WorkPool,
    WorkPoolConcurrencyStatus,
    WorkPoolCreate,
    WorkPoolUpdate,
    WorkQueueConcurrencyStatus,
    WorkQueueCreate,
)
from pacc.services import workers
from pacc.services.matching import matches
from pacc.services.references import WORK_POOL, did_you_mean
from pacc.store import flow_runs
from pacc.store.work_pools import pool_from_row

if TYPE_CHECKING:
    from datetime import datetime

    from pacc.schemas.filters import WorkPoolFilter
    from pacc.schemas.flow_runs import FlowRun
    from pacc.store import Store


def create(
    store: Store,
    wanted: WorkPoolCreate,
    *,
    overwrite: bool = False,
    default: WorkQueueCreate | None = None,
) -> WorkPool:
    """Make a pool with its default queue and return it.

    Args:
        store: where it is kept.
        wanted: what it is to be like.
        overwrite: let one of that name become so.
        default: what the default queue is to be like, but for its name and place; as that of every pool unless given.

    Raises:
        ObjectAlreadyExists: there is one of that name, and nothing was overwritten.
        InvalidNameError: no pool may have that name. InvalidValueError: its limit or its template cannot work.

    Example:
        >>> create(store, WorkPoolCreate(name="local"))  # doctest: +SKIP
    """
    name = checked_name(wanted.name, "work pool")
    row = {**_columns(wanted), "name": name, "id": ids.new_id(), "now": clock.now()}
    with store.transaction() as changes:
        made = changes.run("work_pools.insert", row)
        if made:
            changes.run("work_queues.insert", {**default_queue(row["id"], row["now"]), **_like(default)})
        elif overwrite:
            changes.run("work_pools.update", row)
    if not made and not overwrite:
        raise ObjectAlreadyExists(f'there is a work pool "{name}" already', hint="pacc work-pool ls")
    return read(store, name)


def _like(wanted: WorkQueueCreate | None) -> dict[str, Any]:
    if wanted is None:
        return {}
    return {
        "description": wanted.description,
        "is_paused": int(wanted.is_paused),
        "concurrency_limit": checked_limit(wanted.concurrency_limit, f'the work queue "{wanted.name}"'),
    }


def default_queue(work_pool_id: str, now: int) -> dict[str, Any]:
    """Return the row of the queue that every pool has from the beginning."""
    return {
        "id": ids.new_id(),
        "work_pool_id": work_pool_id,
        "name": DEFAULT_QUEUE,
        "description": "The pool's default queue.",
        "priority": 1,
        "is_paused": 0,
        "concurrency_limit": None,
        "now": now,
    }


def ensure(store: Store, name: str, type: str = "process") -> WorkPool:
    """Return the pool of that name, made where there is none."""
    try:
        return read(store, name)
    except ObjectNotFound:
        return create(store, WorkPoolCreate(name=name, type=type), overwrite=False)


def read(store: Store, name: str) -> WorkPool:
    """Return a pool by its name.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    found = _rows(store, name=name)
    if not found:
        known = [row["name"] for row in store.read("work_pools.names")]
        raise ObjectNotFound(did_you_mean(WORK_POOL, name, known), hint=WORK_POOL.listing)
    return found[0]


def find(store: Store, reference: UUID | str) -> WorkPool:
    """Return the pool a person means: by its name, its id, or a beginning of either that no other one has.

    Raises:
        ObjectNotFound: there is none, or there are several.
    """
    text, every = str(reference), _rows(store)
    for fits in (
        [pool for pool in every if pool.name == text],
        [pool for pool in every if text and str(pool.id).startswith(text.lower())],
        [pool for pool in every if text and pool.name.startswith(text)],
    ):
        if len(fits) == 1:
            return fits[0]
    return read(store, text)


def select(
    store: Store,
    *,
    work_pool_filter: WorkPoolFilter | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[WorkPool]:
    """Return pools by name.

    Args:
        store: where they are kept.
        work_pool_filter: which pools.
        limit: so many at most; all otherwise.
        offset: so many are passed over first.
    """
    found = [pool for pool in _rows(store) if matches(pool, work_pool_filter)]
    return found[offset : None if limit is None else offset + limit]


def update(store: Store, name: str, wanted: WorkPoolUpdate) -> None:
    """Change what is given about a pool; the rest stays as it is.

    Raises:
        ObjectNotFound: there is none of that name. InvalidValueError: its limit or its template cannot work.
    """
    known = read(store, name)
    merged = WorkPoolCreate(
        name=known.name,
        type=known.type,
        description=_new(wanted.description, known.description),
        base_job_template=_new(wanted.base_job_template, known.base_job_template),
        is_paused=_new(wanted.is_paused, known.is_paused),
        concurrency_limit=_new(wanted.concurrency_limit, known.concurrency_limit),
    )
    store.write("work_pools.update", {**_columns(merged), "name": known.name, "now": clock.now()})


def delete(store: Store, name: str) -> None:
    """Delete a pool with its queues and workers; its deployments stay, without a pool.

    Raises:
        ObjectNotFound: there is none of that name.
    """
    known = read(store, name)
    store.write_all(
        ("work_pools.leave", {"name": known.name, "now": clock.now()}),
        ("work_pools.delete", {"name": known.name}),
    )


def slots(store: Store, name: str) -> WorkPoolConcurrencyStatus:
    """Return who takes the places of a pool and of its queues.

    Raises:
        ObjectNotFound: there is none of that name.
    """
    from pacc.services import work_queues  # start-up: which knows of pools

    pool = read(store, name)
    taken: dict[str, list[FlowRunSlotSummary]] = {}
    for row in store.read("work_pools.open_runs", {"name": pool.name}):
        summary = FlowRunSlotSummary(
            id=UUID(row["id"]),
            name=row["name"],
            state_name=row["state_name"],
            since=clock.to_datetime(row["state_time"]),
        )
        taken.setdefault(row["work_queue_name"], []).append(summary)
    return WorkPoolConcurrencyStatus(
        active_slots=sum(map(len, taken.values())),
        concurrency_limit=pool.concurrency_limit,
        queues=[
            WorkQueueConcurrencyStatus(
                queue_id=queue.id,
                queue_name=queue.name,
                active_slots=len(taken.get(queue.name, ())),
                concurrency_limit=queue.concurrency_limit,
                flow_runs=taken.get(queue.name, []),
            )
            for queue in work_queues.select(store, work_pool_name=pool.name)
        ],
    )


def waiting(
    store: Store, name: str, *, queue: str | None = None, before: datetime | None = None, limit: int = 200
) -> list[FlowRun]:
    """Return the runs that wait in a pool, in the order they would be taken.

    Args:
        store: where they are kept.
        name: the pool.
        queue: only those of this queue.
        before: only those due by this moment; the present one by default.
        limit: so many at most.

    Raises:
        ObjectNotFound: there is no such pool.
    """
    until = clock.now() if before is None else clock.from_datetime(before)
    wanted = {"name": read(store, name).name, "queue": queue, "before": until, "limit": limit}
    return [flow_runs.from_row(row) for row in store.read("work_pools.waiting", wanted)]


def _rows(store: Store, *, name: str | None = None) -> list[WorkPool]:
    rows = store.read("work_pools.select", {"name": name, "id": None})
    taken = workers.ready(store).pools if rows else frozenset()
    return [pool_from_row(row, is_ready=row["id"] in taken) for row in rows]


def _columns(wanted: WorkPoolCreate) -> dict[str, Any]:
    return {
        "type": wanted.type,
        "description": wanted.description,
        "base_job_template": dumps(checked_template(wanted.base_job_template)),
        "is_paused": int(wanted.is_paused),
        "concurrency_limit": checked_limit(wanted.concurrency_limit, f'the work pool "{wanted.name}"'),
    }


def checked_limit(limit: int | None, of: str) -> int | None:
    """Return a limit that can be.

    Raises:
        InvalidValueError: it is below zero.
    """
    if limit is not None and limit < 0:
        raise InvalidValueError(f"{of} cannot have a concurrency limit of {limit}; it is 0 or more")
    return limit


def checked_template(template: Any) -> dict[str, Any]:
    """Return a base job template that can be filled in; an empty one stands for that of the pool's type.

    Raises:
        InvalidValueError: it is no object, or says something of variables or of the job that is none.
    """
    if not template:
        return {}
    wrong = None
    if not isinstance(template, dict):
        wrong = "it is no object"
    elif not isinstance(template.get("job_configuration"), dict):
        wrong = '"job_configuration" is no object'
    elif not isinstance(template.get("variables", {}), dict):
        wrong = '"variables" is no object'
    elif not isinstance(template.get("variables", {}).get("properties", {}), dict):
        wrong = '"variables" has no object "properties"'
    if wrong:
        raise InvalidValueError(
            f"the base job template cannot be used: {wrong}",
            hint="pacc work-pool get-default-base-job-template --type process",
        )
    return dict(template)


def _new(wanted: Any, known: Any) -> Any:
    return known if wanted is UNCHANGED else wanted
