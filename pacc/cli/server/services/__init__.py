"""`pacc server services`: the pieces of housekeeping."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="services",
    help="See the pieces of housekeeping and who does them.",
    entries=(
        Entry(
            name="ls",
            module="pacc.cli.server.services.ls",
            help="List the pieces of housekeeping and who does them.",
            aliases=("list",),
        ),
        Entry(
            name="start",
            module="pacc.cli.server.services.start",
            help="Do all of them in a process of their own.",
            aliases=("enable",),
        ),
        Entry(
            name="stop",
            module="pacc.cli.server.services.stop",
            help="End the process that does them.",
            aliases=("disable",),
        ),
    ),
)
