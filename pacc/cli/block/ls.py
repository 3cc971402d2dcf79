"""`pacc block ls`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pacc.cli._options import Limit, Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.blocks import block_table, summary_object
from pacc.services import block_listing

ROWS = 100


def command(
    *,
    block_type: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help='Only blocks of this type, such as "secret".')
    ] = None,
    limit: Limit = ROWS,
    output: Output = "table",
) -> None:
    """List blocks by type and name."""
    store = open_for_command(reap=False)
    found = block_listing.summaries(store, slug=block_type, limit=limit)
    if output == "json":
        terminal.json([summary_object(each) for each in found])
    else:
        terminal.table(
            block_table(found, datetime.now(UTC)),
            output,
            empty="no blocks: `pacc block create TYPE` makes one, `pacc block type ls` shows the types",
        )
    if len(found) == limit and block_type is None and (total := block_listing.count(store)) > limit:
        terminal.remark(f"These are {limit} of {total}; --limit shows more.")
