"""`pacc result`: what runs returned and pacc kept."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="result",
    help="See and delete the results that were kept.",
    entries=(
        Entry(name="delete", module="pacc.cli.result.delete", help="Delete a kept result."),
        Entry(name="inspect", module="pacc.cli.result.inspect", help="Show everything about a kept result."),
        Entry(name="ls", module="pacc.cli.result.ls", help="List kept results, the newest first."),
    ),
)
