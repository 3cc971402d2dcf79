"""`pacc work-queue inspect`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_queue._options import InPool, QueueName, find_queue
from pacc.presentation.work_pools import queue_description


def command(name: QueueName, *, pool: InPool = None, output: Output = "table") -> None:
    """Show a work queue."""
    queue = find_queue(open_for_command(), name, pool)
    if output == "json":
        terminal.json(queue)
    else:
        terminal.description(queue_description(queue, datetime.now(UTC)), output)
