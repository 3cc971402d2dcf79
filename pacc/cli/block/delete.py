"""`pacc block delete`."""

from __future__ import annotations

from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.block._reference import BlockId, BlockReference, named
from pacc.presentation.blocks import slug_of
from pacc.services import block_listing, blocks


def command(slug: BlockReference = None, *, document_id: BlockId = None, yes: Yes = False) -> None:
    """Delete a block."""
    store = open_for_command(reap=False)
    found = named(store, slug, document_id, command="delete")
    users = ", ".join(f'"{each.slug}"' for each in block_listing.users(store, found.id))
    if users:
        terminal.remark(f"It stands in {users}, which cannot be loaded without it.")
    if not yes and not terminal.confirm(f'Delete the block "{slug_of(found)}"?'):
        raise CommandError("nothing was deleted", code="declined")
    blocks.delete(store, found.id)
    terminal.remark(f'Deleted block "{slug_of(found)}".')
