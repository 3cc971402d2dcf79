"""`pacc notify pause`."""

from __future__ import annotations

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.notify._name import SubscriptionName
from pacc.services import notifications


def command(name: SubscriptionName) -> None:
    """Tell a subscription nothing until it is resumed; what happens meanwhile is not told later."""
    notifications.set_paused(open_for_command(reap=False), name, paused=True)
    terminal.remark(f'Paused subscription "{name}".')
