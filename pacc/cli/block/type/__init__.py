"""`pacc block type`: the types of block there are."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="type",
    help="See the types of block there are.",
    entries=(
        Entry(
            name="delete",
            module="pacc.cli.block.type.delete",
            help="Delete a type of block with all blocks of it.",
        ),
        Entry(
            name="inspect", module="pacc.cli.block.type.inspect", help="Show a type of block and its fields."
        ),
        Entry(name="ls", module="pacc.cli.block.type.ls", help="List the types of block."),
    ),
)
