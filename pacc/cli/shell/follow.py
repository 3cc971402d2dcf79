"""`pacc shell follow`."""

from __future__ import annotations

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli.flow_run.watch import Timeout, follow
from pacc.cli.shell._jobs import Job, Start, have_executed
from pacc.services import shell_queue


def command(
    run: Job = "@last", *, timeout: Timeout = None, start: Start = True, output: Output = "table"
) -> None:
    """Follow a command of the queue, what it says and what becomes of it, until it ends. Fails unless it completes."""
    store = open_for_command()
    found = shell_queue.find(store, run)
    have_executed(store, start=start)
    follow(store, found, timeout=timeout, output=output)
