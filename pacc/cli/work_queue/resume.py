"""`pacc work-queue resume`."""

from __future__ import annotations

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_queue._options import InPool, QueueName, find_queue, full_name
from pacc.schemas.work_pools import WorkQueueUpdate
from pacc.services import work_queues


def command(name: QueueName, *, pool: InPool = None) -> None:
    """Let the runs of a work queue go on."""
    store = open_for_command(reap=False)
    queue = find_queue(store, name, pool)
    work_queues.update(store, queue.id, WorkQueueUpdate(is_paused=False))
    terminal.remark(f"Resumed the {full_name(queue)}.")
