"""`pacc server services ls`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.loops.household import services
from pacc.presentation.services import service_table


def command(*, output: Output = "table") -> None:
    """List the pieces of housekeeping: what each does, which process does it, how often that failed."""
    found = services(open_for_command(reap=False))
    if output == "json":
        terminal.json(found)
    else:
        terminal.table(service_table(found, datetime.now(UTC)), output)
