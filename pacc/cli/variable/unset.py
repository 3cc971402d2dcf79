"""`pacc variable unset`, also called `delete`."""

from __future__ import annotations

from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.variable._name import VariableName
from pacc.services import variables


def command(name: VariableName, *, yes: Yes = False) -> None:
    """Remove a variable."""
    store = open_for_command(reap=False)
    variables.read(store, name)
    if not yes and not terminal.confirm(f'Remove the variable "{name}"?'):
        raise CommandError("nothing was removed", code="declined")
    variables.remove(store, name)
    terminal.remark(f'Removed variable "{name}".')
