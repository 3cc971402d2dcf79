"""`pacc block type ls`."""

from __future__ import annotations

from pacc.blocks.catalog import known_types
from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.blocks import type_object, type_table


def command(*, output: Output = "table") -> None:
    """List the types of block: those that come with pacc, and those that were registered."""
    found = known_types(open_for_command(reap=False))
    if output == "json":
        terminal.json([type_object(each) for each in found])
        return
    terminal.table(type_table(found), output)
