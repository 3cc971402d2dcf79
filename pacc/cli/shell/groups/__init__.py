"""`pacc shell group`: groups of the shell queue, each with its limit."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="group",
    help="See, make and change groups of the shell queue: how many of their commands run at once.",
    entries=(
        Entry(name="create", module="pacc.cli.shell.groups.create", help="Make a group."),
        Entry(name="ls", module="pacc.cli.shell.groups.ls", help="List groups, their limits and what runs."),
        Entry(name="set", module="pacc.cli.shell.groups.set", help="Change, pause or resume a group."),
    ),
)
