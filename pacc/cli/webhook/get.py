"""`pacc webhook get`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.webhook._words import Reference, shown, url_of
from pacc.presentation.webhooks import webhook_description
from pacc.services import webhooks


def command(webhook: Reference, *, output: Output = "table") -> None:
    """Show a webhook: its address, its template, what became of its calls."""
    store = open_for_command(reap=False)
    found = webhooks.find(store, webhook)
    if output == "json":
        terminal.json(shown(found))
        return
    terminal.description(webhook_description(found, url_of(found), datetime.now(UTC)), output)
