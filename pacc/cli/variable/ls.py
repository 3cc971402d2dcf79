"""`pacc variable ls`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Limit, Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.variables import variable_table
from pacc.services import variables

ROWS = 100


def command(*, limit: Limit = ROWS, output: Output = "table") -> None:
    """List variables by name."""
    found = variables.select(open_for_command(reap=False), limit=limit)
    if output == "json":
        terminal.json(found)
        return
    terminal.table(
        variable_table(found, datetime.now(UTC)),
        output,
        empty="no variables yet: `pacc variable set NAME VALUE` sets one",
    )
