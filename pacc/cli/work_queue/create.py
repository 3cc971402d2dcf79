"""`pacc work-queue create`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_queue._options import full_name
from pacc.schemas.work_pools import WorkQueueCreate
from pacc.services import work_pools, work_queues


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is to be called.", show_default=False)],
    *,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", "-l", min=0, metavar="COUNT", help="How many of its runs may be open at once."
        ),
    ] = None,
    pool: Annotated[
        str | None,
        typer.Option("--pool", "-p", metavar="POOL", help="The work pool; that of agents by default."),
    ] = None,
    priority: Annotated[
        int | None,
        typer.Option("--priority", "-q", min=1, metavar="NUMBER", help="Its place; 1 goes first."),
    ] = None,
) -> None:
    """Make a work queue; whoever has the place it takes goes one back."""
    store = open_for_command(reap=False)
    wanted = WorkQueueCreate(name=name, concurrency_limit=limit, priority=priority)
    named = None if pool is None else work_pools.find(store, pool).name
    made = work_queues.create(store, wanted, work_pool_name=named)
    terminal.remark(f"Made the {full_name(made)}, with priority {made.priority}.")
