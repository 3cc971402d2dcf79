"""`pacc work-queue set-priority`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_queue._options import InPool, QueueName, find_queue, full_name
from pacc.schemas.work_pools import WorkQueueUpdate
from pacc.services import work_queues


def command(
    name: QueueName,
    priority: Annotated[
        int, typer.Argument(metavar="NUMBER", min=1, help="Its place; 1 goes first.", show_default=False)
    ],
    *,
    pool: InPool = None,
) -> None:
    """Give a work queue another place; whoever has that goes one back."""
    store = open_for_command(reap=False)
    queue = find_queue(store, name, pool)
    work_queues.update(store, queue.id, WorkQueueUpdate(priority=priority))
    terminal.remark(f"The {full_name(queue)} has priority {priority} now.")
