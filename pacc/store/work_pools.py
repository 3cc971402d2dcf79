"""Work pools, queues and workers, from rows to records."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from pacc._internal.clock import to_datetime
from pacc.schemas.work_pools import Worker as WorkerRecord
from pacc.schemas.work_pools import WorkPool, WorkPoolStatus, WorkQueue, WorkQueueStatus
from pacc.store.columns import identity, moment, parsed

if TYPE_CHECKING:
    import sqlite3

    from pacc.schemas.work_pools import WorkerStatus

POOL_COLUMNS = (
    "id", "name", "created", "updated", "type", "description", "base_job_template", "is_paused",
    "concurrency_limit",
)  # fmt: skip
"""The columns of a pool in the schema's order."""

QUEUE_COLUMNS = (
    "id", "work_pool_id", "name", "created", "updated", "description", "priority", "is_paused",
    "concurrency_limit", "last_polled",
)  # fmt: skip
"""The columns of a queue in the schema's order."""

WORKER_COLUMNS = (
    "id", "work_pool_id", "name", "created", "last_heartbeat", "heartbeat_interval", "session", "work_queues",
    "process",
)  # fmt: skip
"""The columns of a worker in the schema's order."""


def pool_from_row(row: sqlite3.Row, *, is_ready: bool) -> WorkPool:
    """Return the record of a pool.

    Args:
        row: from `work_pools.select`.
        is_ready: whether a worker takes its runs.
    """
    ready = WorkPoolStatus.READY if is_ready else WorkPoolStatus.NOT_READY
    return WorkPool(
        id=UUID(row["id"]),
        name=row["name"],
        created=moment(row["created"]),
        updated=moment(row["updated"]),
        description=row["description"],
        type=row["type"],
        base_job_template=parsed(row["base_job_template"], {}),
        is_paused=bool(row["is_paused"]),
        concurrency_limit=row["concurrency_limit"],
        status=WorkPoolStatus.PAUSED if row["is_paused"] else ready,
        active_slots=row["active_slots"],
        default_queue_id=identity(row["default_queue_id"]),
    )


def queue_from_row(row: sqlite3.Row, *, is_ready: bool) -> WorkQueue:
    """Return the record of a queue.

    Args:
        row: from `work_queues.select`.
        is_ready: whether a worker takes its runs.
    """
    ready = WorkQueueStatus.READY if is_ready else WorkQueueStatus.NOT_READY
    return WorkQueue(
        id=UUID(row["id"]),
        name=row["name"],
        created=moment(row["created"]),
        updated=moment(row["updated"]),
        description=row["description"] or "",
        is_paused=bool(row["is_paused"]),
        concurrency_limit=row["concurrency_limit"],
        priority=row["priority"],
        work_pool_id=UUID(row["work_pool_id"]),
        work_pool_name=row["work_pool_name"],
        last_polled=moment(row["last_polled"]),
        status=WorkQueueStatus.PAUSED if row["is_paused"] else ready,
        active_slots=row["active_slots"],
    )


def worker_from_row(row: sqlite3.Row, *, status: WorkerStatus) -> WorkerRecord:
    """Return the record of a worker, which lives or not at this moment."""
    return WorkerRecord(
        id=UUID(row["id"]),
        name=row["name"],
        created=to_datetime(row["created"]),
        updated=to_datetime(row["last_heartbeat"]),
        work_pool_id=UUID(row["work_pool_id"]),
        last_heartbeat_time=to_datetime(row["last_heartbeat"]),
        heartbeat_interval_seconds=row["heartbeat_interval"],
        status=status,
        work_queues=parsed(row["work_queues"], None),
        process=parsed(row["process"], {}),
    )
