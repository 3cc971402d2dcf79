"""`pacc work-pool slots`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_pool._options import PoolName
from pacc.presentation.work_pools import pool_slot_table, slots_in_words
from pacc.services import work_pools


def command(name: PoolName, *, output: Output = "table") -> None:
    """Show which runs take the places of a work pool and of its queues."""
    store = open_for_command()
    pool = work_pools.find(store, name)
    taken = work_pools.slots(store, pool.name)
    if output == "json":
        terminal.json(taken)
        return
    summary = slots_in_words(taken.active_slots, taken.concurrency_limit, pool.name)
    terminal.table(pool_slot_table(taken, datetime.now(UTC)), output, empty=summary)
    if taken.active_slots:
        terminal.remark(summary)
