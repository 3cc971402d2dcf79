"""`pacc automation ls`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.automations import automation_table
from pacc.services import automations


def command(*, output: Output = "table") -> None:
    """List automations by name."""
    store = open_for_command(reap=False)
    found = automations.select(store)
    if output == "json":
        terminal.json(found)
        return
    terminal.table(
        automation_table(found, automations.last_fired(store), datetime.now(UTC)),
        output,
        empty="no automations yet: `pacc automation create --from-file FILE` makes one",
    )
