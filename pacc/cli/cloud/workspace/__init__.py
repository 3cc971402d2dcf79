"""`pacc cloud workspace`: profiles by Prefect's other name; each may have a home, and so a store, of its own."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="workspace",
    help="See and choose profiles, which are here what workspaces are there.",
    entries=(
        Entry(
            name="ls",
            module="pacc.cli.cloud.workspace.ls",
            help="List the profiles and where their stores are.",
        ),
        Entry(name="set", module="pacc.cli.cloud.workspace.set", help="Make a profile the active one."),
    ),
)
