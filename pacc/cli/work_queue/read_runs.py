"""`pacc work-queue read-runs`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_queue._options import InPool, QueueName, find_queue
from pacc.presentation.work_pools import waiting_table
from pacc.services import work_pools


def command(name: QueueName, *, pool: InPool = None, output: Output = "table") -> None:
    """List the runs that are due and wait in a work queue, in the order they will be taken."""
    store, now = open_for_command(), datetime.now(UTC)
    queue = find_queue(store, name, pool)
    found = work_pools.waiting(store, queue.work_pool_name, queue=queue.name, before=now)
    if output == "json":
        terminal.json(found)
    else:
        terminal.table(waiting_table(found, now), output, empty="no runs are due")
