"""`pacc result ls`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pacc.cli._options import ROWS, Limit, Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.results import result_table
from pacc.services import flow_runs, results


def command(
    *,
    limit: Limit = ROWS,
    flow_run: Annotated[
        str | None,
        typer.Option("--flow-run", metavar="RUN", help="Only results of this flow run: name, id, @last."),
    ] = None,
    output: Output = "table",
) -> None:
    """List kept results, the newest first."""
    store = open_for_command(reap=False)
    run_id = None if flow_run is None else flow_runs.find(store, flow_run).id
    found = results.select(store, run_id=run_id, limit=limit)
    if output == "json":
        terminal.json(found)
        return
    terminal.table(result_table(found, datetime.now(UTC)), output, empty="no kept results")
