"""`pacc shell ls`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pacc.cli._options import ROWS, Limit, Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.shell._jobs import Group, have_executed
from pacc.presentation.shell_queue import job_table
from pacc.services import shell_queue


def command(
    *,
    group: Group = None,
    all_: Annotated[bool, typer.Option("--all", "-a", help="Those that have ended, too.")] = False,
    limit: Limit = ROWS,
    output: Output = "table",
) -> None:
    """List the commands of the queue that run or wait, in the order they run."""
    store = open_for_command()
    named = None if group is None else shell_queue.find_group(store, group).name
    found = shell_queue.jobs(store, group=named, everything=all_, limit=limit)
    if output == "json":
        terminal.json(found)
        return
    terminal.table(
        job_table(found, datetime.now(UTC), glyphs=terminal.glyphs), output, empty="the queue is empty"
    )
    if shell_queue.has_work(store):
        have_executed(store, start=False)
