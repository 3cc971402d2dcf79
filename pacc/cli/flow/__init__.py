"""`pacc flow`: the flows the store knows, and serving one."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="flow",
    help="See the flows that have been run, and serve one.",
    entries=(
        Entry(name="ls", module="pacc.cli.flow.ls", help="List flows, the newest first."),
        Entry(
            name="serve", module="pacc.cli.flow.serve", help="Execute the runs of a flow as they come due."
        ),
    ),
)
