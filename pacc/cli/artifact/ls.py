"""`pacc artifact ls`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pacc.cli._options import Limit, Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.artifacts import artifact_table
from pacc.services import artifacts


def command(
    *,
    limit: Limit = 100,
    every: Annotated[
        bool, typer.Option("--all/--no-all", "-a", help="Every version, not only the latest of each key.")
    ] = False,
    output: Output = "table",
) -> None:
    """List the latest artifact of each key, the newest first; with --all every artifact."""
    store = open_for_command(reap=False)
    found = artifacts.select(store, limit=limit) if every else artifacts.select_latest(store, limit=limit)
    if output == "json":
        terminal.json(found)
        return
    terminal.table(artifact_table(found, datetime.now(UTC)), output, empty="no artifacts")
