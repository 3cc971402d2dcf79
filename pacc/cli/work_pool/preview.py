"""`pacc work-pool preview`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_pool._options import Hours
from pacc.presentation.work_pools import waiting_table
from pacc.services import work_pools

Pool = Annotated[
    str | None,
    typer.Argument(
        metavar="[POOL]",
        help="Its name, its id, or the beginning of either; all pools by default.",
        show_default=False,
    ),
]


def command(name: Pool = None, *, hours: Hours = None, output: Output = "table") -> None:
    """List the runs that wait in a work pool and are due within an hour, or HOURS, in the order they will be taken."""
    store, now = open_for_command(), datetime.now(UTC)
    pools = work_pools.select(store) if name is None else [work_pools.find(store, name)]
    until = now + timedelta(hours=hours or 1)
    found = [run for pool in pools for run in work_pools.waiting(store, pool.name, before=until)]
    if output == "json":
        terminal.json(found)
    else:
        terminal.table(waiting_table(found, now), output, empty="no runs wait")
