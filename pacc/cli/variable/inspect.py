"""`pacc variable inspect`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.variable._name import VariableName
from pacc.presentation.variables import variable_description
from pacc.services import variables


def command(name: VariableName, *, output: Output = "table") -> None:
    """Show everything about a variable."""
    found = variables.read(open_for_command(reap=False), name)
    if output == "json":
        terminal.json(found)
        return
    terminal.description(variable_description(found, datetime.now(UTC)), output)
