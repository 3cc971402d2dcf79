"""`pacc block inspect`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.block._reference import BlockId, BlockReference, named
from pacc.presentation.blocks import block_description, slug_of
from pacc.services import block_listing


def command(slug: BlockReference = None, *, document_id: BlockId = None, output: Output = "table") -> None:
    """Show what a block holds. Secrets are masked; only code that loads the block reads them."""
    store = open_for_command(reap=False)
    found = named(store, slug, document_id, command="inspect")
    if output == "json":
        terminal.json(found)
        return
    users, mentions = (
        block_listing.users(store, found.id),
        block_listing.mentions(store, found.id, slug_of(found)),
    )
    terminal.description(block_description(found, users, mentions, datetime.now(UTC)), output)
