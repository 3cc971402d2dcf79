"""`pacc work-pool resume`."""

from __future__ import annotations

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_pool._options import PoolName
from pacc.schemas.work_pools import WorkPoolUpdate
from pacc.services import work_pools


def command(name: PoolName) -> None:
    """Let the runs of a work pool go on."""
    store = open_for_command(reap=False)
    pool = work_pools.find(store, name)
    work_pools.update(store, pool.name, WorkPoolUpdate(is_paused=False))
    terminal.remark(f'Resumed the work pool "{pool.name}".')
