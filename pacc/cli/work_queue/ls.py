"""`pacc work-queue ls`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.work_pools import queue_table
from pacc.schemas.filters import WorkQueueFilter, WorkQueueFilterName
from pacc.services import work_pools, work_queues


def command(
    *,
    verbose: Annotated[
        bool, typer.Option("--verbose/--no-verbose", "-v", help="Their ids and descriptions, too.")
    ] = False,
    match: Annotated[
        str | None,
        typer.Option("--match", "-m", metavar="TEXT", help="Only those whose names begin with this."),
    ] = None,
    pool: Annotated[
        str | None, typer.Option("--pool", "-p", metavar="POOL", help="Only those of this work pool.")
    ] = None,
    output: Output = "table",
) -> None:
    """List work queues by pool, in the order they are looked into."""
    store = open_for_command()
    named = None if pool is None else work_pools.find(store, pool).name
    begins = WorkQueueFilter(name=WorkQueueFilterName(startswith_=[match])) if match else None
    found = work_queues.select(store, work_pool_name=named, work_queue_filter=begins)
    if output == "json":
        terminal.json(found)
    else:
        terminal.table(queue_table(found, verbose=verbose), output, empty="no work queues")
