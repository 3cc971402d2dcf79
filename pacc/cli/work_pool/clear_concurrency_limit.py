"""`pacc work-pool clear-concurrency-limit`."""

from __future__ import annotations

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_pool._options import PoolName
from pacc.schemas.work_pools import WorkPoolUpdate
from pacc.services import work_pools


def command(name: PoolName) -> None:
    """Take the limit of a work pool away."""
    store = open_for_command(reap=False)
    pool = work_pools.find(store, name)
    work_pools.update(store, pool.name, WorkPoolUpdate(concurrency_limit=None))
    terminal.remark(f'The work pool "{pool.name}" has no limit now.')
