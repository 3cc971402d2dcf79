"""`pacc block inspect`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.block._reference import BlockId, BlockReference, named
from pacc.presentation.blocks import block_description
from pacc.services import block_listing


def command(slug: BlockReference = None, *, document_id: BlockId = None, output: Output = "table") -> None:
    """Show what a block holds. Secrets are masked; only code that loads the block reads them."""
    store = open_for_command(reap=False)
    found = named(store, slug, document_id, command="inspect")
    if output == "json":
        terminal.json(found)
        return
    terminal.description(
        block_description(found, block_listing.users(store, found.id), datetime.now(UTC)), output
    )
