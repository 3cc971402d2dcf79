"""`pacc work-queue set-concurrency-limit`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc._internal.counting import counted
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_queue._options import InPool, QueueName, find_queue, full_name
from pacc.schemas.work_pools import WorkQueueUpdate
from pacc.services import work_queues


def command(
    name: QueueName,
    limit: Annotated[
        int,
        typer.Argument(metavar="COUNT", min=0, help="How many of its runs may be open.", show_default=False),
    ],
    *,
    pool: InPool = None,
) -> None:
    """Limit how many runs of a work queue are open at once."""
    store = open_for_command(reap=False)
    queue = find_queue(store, name, pool)
    work_queues.update(store, queue.id, WorkQueueUpdate(concurrency_limit=limit))
    terminal.remark(f"The {full_name(queue)} has {counted(limit, 'slot')} now.")
