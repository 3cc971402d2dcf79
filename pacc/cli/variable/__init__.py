"""`pacc variable`: small values that flows share."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="variable",
    help="See and set variables, small values that flows share.",
    entries=(
        Entry(name="delete", module="pacc.cli.variable.unset", help="Remove a variable, as unset does."),
        Entry(name="get", module="pacc.cli.variable.get", help="Print the value of a variable."),
        Entry(name="inspect", module="pacc.cli.variable.inspect", help="Show everything about a variable."),
        Entry(name="ls", module="pacc.cli.variable.ls", help="List variables by name."),
        Entry(name="set", module="pacc.cli.variable.set", help="Set a variable."),
        Entry(name="unset", module="pacc.cli.variable.unset", help="Remove a variable."),
    ),
)
