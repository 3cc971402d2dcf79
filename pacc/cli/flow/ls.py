"""`pacc flow ls`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import ROWS, Limit, Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.flows import flow_table
from pacc.schemas.sorting import FlowSort
from pacc.services import flows


def command(*, limit: Limit = ROWS, output: Output = "table") -> None:
    """List flows, the newest first."""
    store = open_for_command(reap=False)
    found = flows.select(store, sort=FlowSort.CREATED_DESC, limit=limit)
    if output == "json":
        terminal.json(found)
        return
    terminal.table(
        flow_table(found, datetime.now(UTC)),
        output,
        empty="no flows yet: call a function decorated with @flow and it shows up here",
    )
