"""`pacc global-concurrency-limit ls`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.concurrency import global_limit_table
from pacc.services import concurrency_limits


def command(*, output: Output = "table") -> None:
    """List concurrency limits by name; those of tags are in `pacc concurrency-limit ls`."""
    found = concurrency_limits.select(open_for_command())
    if output == "json":
        terminal.json(found)
        return
    terminal.table(global_limit_table(found, datetime.now(UTC)), output, empty="no concurrency limits")
