"""`pacc work-queue clear-concurrency-limit`."""

from __future__ import annotations

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_queue._options import InPool, QueueName, find_queue, full_name
from pacc.schemas.work_pools import WorkQueueUpdate
from pacc.services import work_queues


def command(name: QueueName, *, pool: InPool = None) -> None:
    """Take the limit of a work queue away."""
    store = open_for_command(reap=False)
    queue = find_queue(store, name, pool)
    work_queues.update(store, queue.id, WorkQueueUpdate(concurrency_limit=None))
    terminal.remark(f"The {full_name(queue)} has no limit now.")
