"""Work queues: made, found, put in order, paused and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal import clock, ids
from pacc.exceptions import InvalidValueError, ObjectAlreadyExists, ObjectNotFound
from pacc.orchestration import priorities
from pacc.schemas.choices import DEFAULT_AGENT_POOL, DEFAULT_QUEUE
from pacc.schemas.flows import checked_name
from pacc.schemas.variables import UNCHANGED
from pacc.schemas.work_pools import (
    WorkPool,
    WorkQueue,
    WorkQueueCreate,
    WorkQueueHealthPolicy,
    WorkQueueStatusDetail,
    WorkQueueUpdate,
)
from pacc.services import work_pools, workers
from pacc.services.matching import matches
from pacc.services.references import WORK_QUEUE, did_you_mean
from pacc.store.work_pools import queue_from_row

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.schemas.filters import WorkQueueFilter
    from pacc.store import Store
    from pacc.store.database import Transaction


def create(store: Store, wanted: WorkQueueCreate, *, work_pool_name: str | None = None) -> WorkQueue:
    """Make a queue and return it.

    Args:
        store: where it is kept.
        wanted: what it is to be like; one that names no place gets the first that is free.
        work_pool_name: the pool it is in; the agents' own by default, which is made where it is not there yet.

    Raises:
        ObjectNotFound: there is no such pool.
        ObjectAlreadyExists: the pool has a queue of that name.
        InvalidNameError: no queue may have that name. InvalidValueError: its limit or its place cannot work.

    Example:
        >>> create(store, WorkQueueCreate(name="nightly"), work_pool_name="local")  # doctest: +SKIP
    """
    checked_name(wanted.name, "work queue")
    pool = _pool(store, work_pool_name)
    made = _insert(store, wanted, str(pool.id))
    if made is None:
        raise ObjectAlreadyExists(
            f'there is a work queue "{wanted.name}" in the pool "{pool.name}" already',
            hint=f"pacc work-queue ls --pool {pool.name}",
        )
    return read(store, made)


def ensure(store: Store, work_pool_name: str, name: str) -> None:
    """Make a queue where its pool has none of that name.

    Raises:
        ObjectNotFound: there is no such pool. InvalidNameError: no queue may have that name.
    """
    if store.read("work_queues.select", {"pool": work_pool_name, "name": name, "id": None}):
        return
    checked_name(name, "work queue")
    rows = store.read("work_pools.select", {"name": work_pool_name, "id": None})
    pool = rows[0]["id"] if rows else str(work_pools.read(store, work_pool_name).id)
    _insert(store, WorkQueueCreate(name=name), pool)


def read(store: Store, queue_id: UUID | str) -> WorkQueue:
    """Return a queue by its id.

    Raises:
        ObjectNotFound: there is none.
    """
    found = _rows(store, id=str(queue_id))
    if not found:
        raise ObjectNotFound(f'no work queue "{queue_id}"', hint=WORK_QUEUE.listing)
    return found[0]


def read_by_name(store: Store, name: str, *, work_pool_name: str | None = None) -> WorkQueue:
    """Return a queue by its name and its pool's, which is the agents' own by default.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    pool = DEFAULT_AGENT_POOL if work_pool_name is None else work_pools.read(store, work_pool_name).name
    found = _rows(store, pool=pool, name=name)
    if found:
        return found[0]
    known = [queue.name for queue in _rows(store, pool=pool)]
    sentence = did_you_mean(WORK_QUEUE, name, known)
    raise ObjectNotFound(
        sentence.replace(f'"{name}"', f'"{name}" in the pool "{pool}"', 1),
        hint="pacc work-queue ls" if work_pool_name is None else f"pacc work-queue ls --pool {pool}",
    )


def find(store: Store, reference: str, *, work_pool_name: str | None = None) -> WorkQueue:
    """Return the queue a person means: by its name, its id, or a beginning of either that no other one has.

    Args:
        store: where it is kept.
        reference: what was typed.
        work_pool_name: the pool it is in; without one, a name that only one pool has will do.

    Raises:
        ObjectNotFound: there is none, or there are several.
    """
    pool = None if work_pool_name is None else work_pools.find(store, work_pool_name).name
    every = _rows(store, pool=pool)
    for fits in (
        [queue for queue in every if queue.name == reference],
        [queue for queue in every if reference and str(queue.id).startswith(reference.lower())],
        [queue for queue in every if reference and queue.name.startswith(reference)],
    ):
        if len(fits) == 1:
            return fits[0]
        if len(fits) > 1 and pool is None:
            pools = ", ".join(sorted({queue.work_pool_name for queue in fits}))
            raise ObjectNotFound(
                f'several work queues could be meant by "{reference}", in the pools {pools}; name one with --pool',
                hint=WORK_QUEUE.listing,
            )
    return read_by_name(store, reference, work_pool_name=pool)


def select(
    store: Store,
    *,
    work_pool_name: str | None = None,
    work_queue_filter: WorkQueueFilter | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[WorkQueue]:
    """Return queues by pool, in the order they are looked into.

    Args:
        store: where they are kept.
        work_pool_name: only those of this pool.
        work_queue_filter: which queues.
        limit: so many at most; all otherwise.
        offset: so many are passed over first.

    Raises:
        ObjectNotFound: there is no such pool.
    """
    pool = None if work_pool_name is None else work_pools.read(store, work_pool_name).name
    found = [queue for queue in _rows(store, pool=pool) if matches(queue, work_queue_filter)]
    return found[offset : None if limit is None else offset + limit]


def update(store: Store, queue_id: UUID | str, wanted: WorkQueueUpdate) -> None:
    """Change what is given about a queue; the rest stays as it is.

    Whoever has the place it takes goes one back. Deployments and runs follow a queue that is renamed.

    Raises:
        ObjectNotFound: there is none. ObjectAlreadyExists: the pool has another queue of that name.
        InvalidNameError: no queue may have that name. InvalidValueError: its limit or its place cannot work.
    """
    known = read(store, queue_id)
    name = known.name if wanted.name is UNCHANGED else _renamed(store, known, wanted.name)
    limit = known.concurrency_limit if wanted.concurrency_limit is UNCHANGED else wanted.concurrency_limit
    place = known.priority if wanted.priority is UNCHANGED else _checked_place(wanted.priority)
    now = clock.now()
    identity = str(known.id)
    row = {
        "id": identity,
        "name": name,
        "description": known.description if wanted.description is UNCHANGED else wanted.description,
        "is_paused": int(known.is_paused if wanted.is_paused is UNCHANGED else wanted.is_paused),
        "concurrency_limit": work_pools.checked_limit(limit, f'the work queue "{name}"'),
        "now": now,
    }
    with store.transaction() as changes:
        changes.run("work_queues.update", row)
        if place != known.priority:
            _put(changes, _places(changes, str(known.work_pool_id)), identity, place)
        if name != known.name:
            _move(changes, known, name, now)


def delete(store: Store, queue_id: UUID | str) -> None:
    """Delete a queue; its deployments and its runs go to the default queue of the pool.

    Raises:
        ObjectNotFound: there is none. InvalidValueError: it is the default queue, which stays as long as its pool.
    """
    known = read(store, queue_id)
    if known.name == DEFAULT_QUEUE:
        raise InvalidValueError("the default queue of a pool cannot be deleted")
    with store.transaction() as changes:
        _move(changes, known, DEFAULT_QUEUE, clock.now())
        changes.run("work_queues.delete", {"id": str(known.id)})


def health(store: Store, queue_id: UUID | str) -> WorkQueueStatusDetail:
    """Return whether a queue is healthy: somebody looks into it, and none of its runs is late.

    Raises:
        ObjectNotFound: there is none.
    """
    known, policy = read(store, queue_id), WorkQueueHealthPolicy()
    late = store.read("work_queues.late", {"pool": known.work_pool_name, "name": known.name})[0]["late"]
    taken = workers.ready(store).has(str(known.work_pool_id), known.name)
    return WorkQueueStatusDetail(
        healthy=taken and not late,
        late_runs_count=late,
        last_polled=known.last_polled,
        health_check_policy=policy,
    )


def _pool(store: Store, name: str | None) -> WorkPool:
    if name is None:
        return work_pools.ensure(store, DEFAULT_AGENT_POOL)
    return work_pools.read(store, name)


def _rows(
    store: Store, *, pool: str | None = None, name: str | None = None, id: str | None = None
) -> list[WorkQueue]:
    rows = store.read("work_queues.select", {"pool": pool, "name": name, "id": id})
    taken = workers.ready(store)
    return [queue_from_row(row, is_ready=taken.has(row["work_pool_id"], row["name"])) for row in rows]


def _insert(store: Store, wanted: WorkQueueCreate, work_pool_id: str) -> str | None:
    """Put a queue into its pool and return its id; `None` where there is one of that name."""
    limit = work_pools.checked_limit(wanted.concurrency_limit, f'the work queue "{wanted.name}"')
    asked = None if wanted.priority is None else _checked_place(wanted.priority)
    row = {
        "id": ids.new_id(),
        "work_pool_id": work_pool_id,
        "name": wanted.name,
        "description": wanted.description,
        "is_paused": int(wanted.is_paused),
        "concurrency_limit": limit,
        "now": clock.now(),
    }
    identity = str(row["id"])
    with store.transaction() as changes:
        places = _places(changes, work_pool_id)
        place = asked or priorities.lowest_free(places.values())
        if not changes.run("work_queues.insert", {**row, "priority": place}):
            return None
        _put(changes, places, identity, place)
    return identity


def _checked_place(place: int) -> int:
    if place < 1:
        raise InvalidValueError(f"a work queue cannot have the priority {place}; 1 goes first")
    return place


def _renamed(store: Store, known: WorkQueue, name: str) -> str:
    if name != known.name:
        checked_name(name, "work queue")
        if known.name == DEFAULT_QUEUE:
            raise InvalidValueError("the default queue of a pool cannot be renamed")
        if _rows(store, pool=known.work_pool_name, name=name):
            raise ObjectAlreadyExists(
                f'there is a work queue "{name}" in the pool "{known.work_pool_name}" already'
            )
    return name


def _places(changes: Transaction, work_pool_id: str) -> dict[str, int]:
    rows = changes.run("work_queues.places", {"work_pool_id": work_pool_id})
    return {row["id"]: row["priority"] for row in rows}


def _put(changes: Transaction, places: dict[str, int], queue: str, place: int) -> None:
    for identity, priority in priorities.put(places, queue, place).items():
        changes.run("work_queues.place", {"id": identity, "priority": priority})


def _move(changes: Transaction, known: WorkQueue, to: str, now: int) -> None:
    moved = {"pool": known.work_pool_name, "name": known.name, "to": to}
    changes.run("work_queues.move_deployments", {**moved, "now": now})
    changes.run("work_queues.move_runs", moved)
