"""`pacc cloud asset`: the commands of `pacc asset` where Prefect has them."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="asset",
    help="See and forget assets, as `pacc asset` does.",
    entries=(
        Entry(name="delete", module="pacc.cli.asset.delete", help="Forget an asset and when it was made."),
        Entry(name="ls", module="pacc.cli.asset.ls", help="List assets by key."),
    ),
)
