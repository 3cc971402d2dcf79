"""`pacc concurrency-limit ls`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pacc.cli._options import ROWS, Limit, Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.concurrency import tag_limit_table
from pacc.services import concurrency_limits


def command(
    *,
    limit: Limit = ROWS,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Pass over so many first.")] = 0,
    output: Output = "table",
) -> None:
    """List the limits of tags."""
    found = concurrency_limits.select(open_for_command(), tags=True, limit=limit, offset=offset)
    if output == "json":
        terminal.json(found)
        return
    terminal.table(tag_limit_table(found, datetime.now(UTC)), output, empty="no concurrency limits of tags")
