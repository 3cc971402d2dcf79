"""`pacc shell stash`."""

from __future__ import annotations

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.shell._jobs import Jobs, found
from pacc.services import shell_queue


def command(run: Jobs) -> None:
    """Put commands that wait aside, until `pacc shell enqueue`."""
    store = open_for_command()
    for each in found(store, run):
        shell_queue.stash(store, each)
        terminal.remark(f'"{each.name}" is put aside.')
