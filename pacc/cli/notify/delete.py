"""`pacc notify delete`."""

from __future__ import annotations

from pacc._internal.counting import counted
from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.notify._name import SubscriptionName
from pacc.services import notifications


def command(name: SubscriptionName, *, yes: Yes = False) -> None:
    """Remove a subscription, and what was still to be told to it."""
    store = open_for_command(reap=False)
    found = notifications.read(store, name)
    waiting = f" {counted(found.waiting, 'notification')} will not be sent." if found.waiting else ""
    if not yes and not terminal.confirm(f'Remove the subscription "{name}"?{waiting}'):
        raise CommandError("nothing was removed", code="declined")
    notifications.unsubscribe(store, name)
    terminal.remark(f'Removed subscription "{name}".')
