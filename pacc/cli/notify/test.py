"""`pacc notify test`."""

from __future__ import annotations

from pacc.cli._exits import CommandError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.notify._name import SubscriptionName
from pacc.services import notifications


def command(name: SubscriptionName) -> None:
    """Send a trial message now, and say whether it went out."""
    from pacc.blocks import destinations  # start-up: what sends takes a while to load

    store = open_for_command(reap=False)
    found = notifications.read(store, name)
    try:
        destinations.try_out(store, found)
    except Exception as error:  # noqa: BLE001 - whatever a service or a block raises; it is told
        raise CommandError(
            f'the trial of "{name}" was not sent to {found.address}: {destinations.reason(error)}',
            hint=getattr(error, "hint", None),
            code="not_sent",
        ) from None
    terminal.remark(f'Sent a trial message to {found.address}, as "{name}" would.')
