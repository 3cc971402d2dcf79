"""`pacc work-pool inspect`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_pool._options import PoolName
from pacc.presentation.work_pools import pool_description
from pacc.services import work_pools, work_queues, workers


def command(name: PoolName, *, output: Output = "table") -> None:
    """Show a work pool, its queues and its workers."""
    store = open_for_command()
    pool = work_pools.find(store, name)
    if output == "json":
        terminal.json(pool)
        return
    queues = work_queues.select(store, work_pool_name=pool.name)
    known = workers.select(store, pool.id)
    terminal.description(pool_description(pool, queues, known, datetime.now(UTC)), output)
