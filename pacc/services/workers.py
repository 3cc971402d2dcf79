"""Workers: they say that they are there, and whether one lives is asked of its session's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pacc._internal import clock, ids, sessions
from pacc._internal.jsontext import dumps
from pacc.schemas.work_pools import Worker, WorkerStatus
from pacc.services.matching import matches
from pacc.store.work_pools import worker_from_row

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from uuid import UUID

    from pacc.schemas.filters import WorkerFilter
    from pacc.store import Store

HEARTBEATS_MISSED = 3
"""A worker without a session of this machine lives for so many times its interval after it was last heard of."""


def beat(
    store: Store,
    work_pool_id: UUID | str,
    name: str,
    *,
    interval: int = 30,
    session: str | None = None,
    queues: Sequence[str] | None = None,
) -> UUID:
    """Say that a worker is there and looks into queues, and return its id.

    Args:
        store: where it is kept.
        work_pool_id: its pool.
        name: its name, unique in the pool.
        interval: seconds to the next time it says so.
        session: the session of its process, which says whether it lives; without one the heartbeats do.
        queues: the queues it looks into, all by default.

    Raises:
        StoreError: the store cannot be used.
    """
    pool, now = str(work_pool_id), clock.now()
    looked_into = None if queues is None else dumps(list(queues))
    worker = {
        "id": ids.new_id(),
        "work_pool_id": pool,
        "name": name,
        "heartbeat_interval": interval,
        "session": session,
        "work_queues": looked_into,
        "process": "{}" if session is None else dumps(sessions.describe()),
        "now": now,
    }
    polled = {"work_pool_id": pool, "queues": looked_into, "now": now}
    rows, _ = store.write_all(("workers.beat", worker), ("work_queues.polled", polled))
    return _id_of(rows[0])


def _id_of(row: sqlite3.Row) -> UUID:
    from uuid import UUID  # start-up

    return UUID(row["id"])


def select(
    store: Store,
    work_pool_id: UUID | str | None = None,
    *,
    worker_filter: WorkerFilter | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Worker]:
    """Return workers, the one heard of last first.

    Args:
        store: where they are kept.
        work_pool_id: only those of this pool.
        worker_filter: which workers.
        limit: so many at most; all otherwise.
        offset: so many are passed over first.
    """
    pool = None if work_pool_id is None else str(work_pool_id)
    every = (
        worker_from_row(row, status=_status(store, row))
        for row in store.read("workers.select", {"work_pool_id": pool})
    )
    found = [worker for worker in every if matches(worker, worker_filter)]
    return found[offset : None if limit is None else offset + limit]


def leave(store: Store, work_pool_id: UUID | str, name: str) -> None:
    """Say that a worker is there no more; its record stays."""
    store.write("workers.leave", {"work_pool_id": str(work_pool_id), "name": name})


def remove(store: Store, work_pool_id: UUID | str, name: str) -> bool:
    """Forget a worker and say whether there was one."""
    return bool(store.write("workers.delete", {"work_pool_id": str(work_pool_id), "name": name}))


class Ready(NamedTuple):
    """Which pools and queues a living worker looks into."""

    pools: frozenset[str]
    """Ids of pools."""
    all_queues: frozenset[str]
    """Ids of pools all of whose queues are looked into."""
    queues: frozenset[tuple[str, str]]
    """Ids of pools, and names of queues in them."""

    def has(self, work_pool_id: str, queue: str) -> bool:
        """Say whether a queue is looked into."""
        return work_pool_id in self.all_queues or (work_pool_id, queue) in self.queues


def ready(store: Store) -> Ready:
    """Return which pools and queues a living worker looks into at this moment."""
    alive = [worker for worker in select(store) if worker.status is WorkerStatus.ONLINE]
    return Ready(
        pools=frozenset(str(worker.work_pool_id) for worker in alive),
        all_queues=frozenset(str(worker.work_pool_id) for worker in alive if worker.work_queues is None),
        queues=frozenset(
            (str(worker.work_pool_id), queue) for worker in alive for queue in worker.work_queues or ()
        ),
    )


def _status(store: Store, row: sqlite3.Row) -> WorkerStatus:
    if row["session"] is not None:
        lives = sessions.is_alive(store.home, row["session"])
    else:
        silent = clock.now() - row["last_heartbeat"]
        lives = silent <= HEARTBEATS_MISSED * row["heartbeat_interval"] * 1_000_000
    return WorkerStatus.ONLINE if lives else WorkerStatus.OFFLINE
