"""`pacc work-pool delete`."""

from __future__ import annotations

from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_pool._options import PoolName
from pacc.services import work_pools


def command(name: PoolName, *, yes: Yes = False) -> None:
    """Delete a work pool and its queues; its deployments stay, without a pool."""
    store = open_for_command(reap=False)
    pool = work_pools.find(store, name)
    if not yes and not terminal.confirm(f'Delete the work pool "{pool.name}" and its queues?'):
        raise CommandError("nothing was deleted", code="declined")
    work_pools.delete(store, pool.name)
    terminal.remark(f'Deleted the work pool "{pool.name}".')
