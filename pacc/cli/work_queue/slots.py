"""`pacc work-queue slots`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_queue._options import InPool, QueueName, find_queue
from pacc.presentation.work_pools import queue_slot_table, slots_in_words
from pacc.services import work_pools


def command(name: QueueName, *, pool: InPool = None, output: Output = "table") -> None:
    """Show which runs take the places of a work queue."""
    store = open_for_command()
    queue = find_queue(store, name, pool)
    every = work_pools.slots(store, queue.work_pool_name).queues
    taken = next(each for each in every if each.queue_id == queue.id)
    if output == "json":
        terminal.json(taken)
        return
    summary = slots_in_words(taken.active_slots, taken.concurrency_limit, queue.name)
    terminal.table(queue_slot_table(taken, datetime.now(UTC)), output, empty=summary)
    if taken.active_slots:
        terminal.remark(summary)
