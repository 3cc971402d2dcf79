"""`pacc asset`: what tasks made outside of pacc, and how fresh it is."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="asset",
    help="See assets, what tasks made outside of pacc, and how fresh they are.",
    entries=(
        Entry(name="delete", module="pacc.cli.asset.delete", help="Forget an asset and when it was made."),
        Entry(name="inspect", module="pacc.cli.asset.inspect", help="Show an asset and when it was made."),
        Entry(name="ls", module="pacc.cli.asset.ls", help="List assets by key."),
    ),
)
