"""`pacc block`: configuration that code loads by name."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="block",
    help="Configure blocks: credentials, storage and the like, saved under names.",
    entries=(
        Entry(
            name="create", module="pacc.cli.block.create", help="Configure a block and save it under a name."
        ),
        Entry(name="delete", module="pacc.cli.block.delete", help="Delete a block."),
        Entry(
            name="inspect", module="pacc.cli.block.inspect", help="Show what a block holds, secrets masked."
        ),
        Entry(name="ls", module="pacc.cli.block.ls", help="List blocks by type and name."),
        Entry(
            name="register",
            module="pacc.cli.block.register",
            help="Make the block classes of a module or a script known.",
        ),
        Entry(
            name="rotate-key",
            module="pacc.cli.block.rotate_key",
            help="Encrypt the secrets of all blocks with another key.",
        ),
        Entry(
            name="type",
            module="pacc.cli.block.type",
            help="See the types of block there are.",
            aliases=("types",),
        ),
    ),
)
