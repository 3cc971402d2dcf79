"""`pacc notify ls`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.notifications import subscription_table
from pacc.services import notifications


def command(*, output: Output = "table") -> None:
    """List subscriptions by name, and what became of their notifications in the last 30 days."""
    found = notifications.select(open_for_command())
    if output == "json":
        terminal.json(found)
        return
    terminal.table(
        subscription_table(found, datetime.now(UTC)),
        output,
        empty="nobody is told: `pacc notify add --on failed,crashed --to URL` changes that",
    )
