"""`pacc block type delete`."""

from __future__ import annotations

from pacc.blocks.catalog import find_type
from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.block.type._slug import TypeSlug
from pacc.services import block_listing, block_types


def command(slug: TypeSlug, *, yes: Yes = False) -> None:
    """Delete a type of block with all blocks of it."""
    store = open_for_command(reap=False)
    found = find_type(store, slug)
    count = len(block_listing.summaries(store, slug=slug))
    held = "" if not count else " with its one block" if count == 1 else f" with its {count} blocks"
    if not found.is_protected and not yes and not terminal.confirm(f'Delete the block type "{slug}"{held}?'):
        raise CommandError("nothing was deleted", code="declined")
    block_types.delete_type(store, found.id)
    terminal.remark(f'Deleted block type "{slug}"{held}.')
