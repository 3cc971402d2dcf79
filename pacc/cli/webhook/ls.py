"""`pacc webhook ls`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.webhook._words import shown, url_of
from pacc.presentation.webhooks import webhook_table
from pacc.services import webhooks


def command(*, output: Output = "table") -> None:
    """List webhooks by name."""
    store = open_for_command(reap=False)
    found = webhooks.select(store)
    if output == "json":
        terminal.json([shown(each) for each in found])
        return
    terminal.table(
        webhook_table([(each, url_of(each)) for each in found], datetime.now(UTC)),
        output,
        empty="no webhooks yet: `pacc webhook create NAME` makes one",
    )
