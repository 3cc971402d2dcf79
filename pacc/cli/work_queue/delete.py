"""`pacc work-queue delete`."""

from __future__ import annotations

from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_queue._options import InPool, QueueName, find_queue, full_name
from pacc.services import work_queues


def command(name: QueueName, *, pool: InPool = None, yes: Yes = False) -> None:
    """Delete a work queue; its deployments and runs go to the pool's default queue."""
    store = open_for_command(reap=False)
    queue = find_queue(store, name, pool)
    if not yes and not terminal.confirm(f"Delete the {full_name(queue)}?"):
        raise CommandError("nothing was deleted", code="declined")
    work_queues.delete(store, queue.id)
    terminal.remark(f"Deleted the {full_name(queue)}.")
