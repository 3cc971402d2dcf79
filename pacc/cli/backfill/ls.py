"""`pacc backfill ls`."""

from __future__ import annotations

from pacc.cli._options import ROWS, Limit, Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.backfills import backfill_table
from pacc.services import backfills


def command(*, limit: Limit = ROWS, output: Output = "table") -> None:
    """List backfills, the newest first."""
    found = backfills.select(open_for_command(), limit=limit)
    if output == "json":
        terminal.json(found)
        return
    terminal.table(backfill_table(found), output, empty="no backfills")
