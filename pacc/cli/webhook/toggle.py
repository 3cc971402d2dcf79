"""`pacc webhook toggle`."""

from __future__ import annotations

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.webhook._words import Reference
from pacc.services import webhooks


def command(webhook: Reference) -> None:
    """Switch a webhook off, or on again. One that is off answers nobody."""
    store = open_for_command(reap=False)
    changed = webhooks.toggle(store, webhook)
    terminal.remark(f'Webhook "{changed.name}" is {"on" if changed.enabled else "off"}.')
