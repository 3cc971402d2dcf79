"""`pacc shell`: shell commands as flows."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="shell",
    help="Run and schedule shell commands as flows.",
    entries=(
        Entry(name="serve", module="pacc.cli.shell.serve", help="Run a command on a schedule, until Ctrl-C."),
        Entry(name="watch", module="pacc.cli.shell.watch", help="Run a command now, and record it."),
    ),
)
