"""`pacc notify resume`."""

from __future__ import annotations

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.notify._name import SubscriptionName
from pacc.services import notifications


def command(name: SubscriptionName) -> None:
    """Tell a paused subscription again, and what was waiting when it was paused."""
    notifications.set_paused(open_for_command(reap=False), name, paused=False)
    terminal.remark(f'Resumed subscription "{name}".')
