"""`pacc shell enqueue`."""

from __future__ import annotations

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.shell._jobs import Jobs, Start, found, have_executed
from pacc.services import shell_queue


def command(run: Jobs, *, start: Start = True) -> None:
    """Put commands back into the queue that were put aside."""
    store = open_for_command()
    for each in found(store, run):
        shell_queue.enqueue(store, each)
        terminal.remark(f'"{each.name}" waits again.')
    have_executed(store, start=start)
