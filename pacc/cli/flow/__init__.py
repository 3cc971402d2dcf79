"""`pacc flow`: the flows the store knows."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="flow",
    help="See the flows that have been run.",
    entries=(Entry(name="ls", module="pacc.cli.flow.ls", help="List flows, the newest first."),),
)
