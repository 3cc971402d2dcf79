"""`pacc work-pool set-concurrency-limit`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc._internal.counting import counted
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_pool._options import PoolName
from pacc.schemas.work_pools import WorkPoolUpdate
from pacc.services import work_pools


def command(
    name: PoolName,
    concurrency_limit: Annotated[
        int,
        typer.Argument(metavar="COUNT", min=0, help="How many of its runs may be open.", show_default=False),
    ],
) -> None:
    """Limit how many runs of a work pool are open at once."""
    store = open_for_command(reap=False)
    pool = work_pools.find(store, name)
    work_pools.update(store, pool.name, WorkPoolUpdate(concurrency_limit=concurrency_limit))
    terminal.remark(f'The work pool "{pool.name}" has {counted(concurrency_limit, "slot")} now.')
