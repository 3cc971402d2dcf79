"""`pacc shell kill`."""

from __future__ import annotations

from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.shell._jobs import Jobs, found
from pacc.services import cancelling


def command(run: Jobs, *, yes: Yes = False) -> None:
    """End commands with every process they have started; those that wait are taken out of the queue."""
    store = open_for_command()
    meant = found(store, run)
    names = ", ".join(f'"{each.name}"' for each in meant)
    if not yes and not terminal.confirm(f"End {names}?"):
        raise CommandError("nothing was ended", code="declined")
    for each in meant:
        result = cancelling.cancel(store, each.id)
        done = result.state is not None and result.state.is_cancelled()
        terminal.remark(f'"{each.name}" is ' + ("taken out of the queue." if done else "told to end."))
