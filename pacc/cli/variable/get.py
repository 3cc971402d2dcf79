"""`pacc variable get`."""

from __future__ import annotations

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.variable._name import VariableName
from pacc.presentation.variables import value_lines
from pacc.services import variables


def command(name: VariableName, *, output: Output = "table") -> None:
    """Print the value of a variable: text as it is, anything else as JSON."""
    found = variables.read(open_for_command(reap=False), name)
    if output == "json":
        terminal.json(found.value)
        return
    terminal.lines(value_lines(found.value))
