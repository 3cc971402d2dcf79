"""`pacc asset ls`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.assets import asset_table
from pacc.services import assets


def command(
    *,
    prefix: Annotated[
        str | None, typer.Option("--prefix", "-p", metavar="TEXT", help="Only keys that begin with this.")
    ] = None,
    search: Annotated[
        str | None, typer.Option("--search", "-s", metavar="TEXT", help="Only keys that hold this.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-l", min=1, help="Show at most this many.")] = 50,
    output: Output = "table",
) -> None:
    """List assets by key, with when each was last made anew."""
    found = assets.select(open_for_command(reap=False), prefix=prefix, search=search, limit=limit)
    if output == "json":
        terminal.json(found)
        return
    terminal.table(asset_table(found, datetime.now(UTC)), output, empty="no assets")
