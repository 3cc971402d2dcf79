"""`pacc shell restart`."""

from __future__ import annotations

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.shell._jobs import Jobs, Start, found, have_executed
from pacc.services import shell_queue


def command(run: Jobs, *, start: Start = True) -> None:
    """Run commands again that have ended: in another attempt of their run, or in a new one where it had completed."""
    store = open_for_command()
    for each in found(store, run):
        again = shell_queue.restart(store, each)
        terminal.remark(
            f'"{each.name}" waits again' + (f', as "{again.name}".' if again.id != each.id else ".")
        )
    have_executed(store, start=start)
