"""`pacc block type inspect`."""

from __future__ import annotations

from pacc.blocks.catalog import find_type
from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.block.type._slug import TypeSlug
from pacc.presentation.blocks import type_description, type_object
from pacc.services import block_types


def command(slug: TypeSlug, *, output: Output = "table") -> None:
    """Show a type of block: what it is for, what it can do, its fields, how it is used."""
    store = open_for_command(reap=False)
    found = find_type(store, slug)
    schema = next(iter(block_types.select_schemas(store, found.id)), None)
    if output == "json":
        terminal.json(type_object(found, schema))
        return
    terminal.description(type_description(found, schema), output)
