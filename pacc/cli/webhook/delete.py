"""`pacc webhook delete`."""

from __future__ import annotations

import typer

from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.webhook._words import Reference
from pacc.services import webhooks


def command(webhook: Reference, *, yes: Yes = False) -> None:
    """Delete a webhook. The events of its calls stay."""
    store = open_for_command(reap=False)
    found = webhooks.find(store, webhook)
    if not yes and not terminal.confirm(f'Delete webhook "{found.name}"?'):
        terminal.remark("Nothing was deleted.")
        raise typer.Exit(1)
    webhooks.delete(store, found.id)
    terminal.remark(f'Deleted webhook "{found.name}".')
