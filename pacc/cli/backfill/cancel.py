"""`pacc backfill cancel`."""

from __future__ import annotations

from pacc._internal.counting import counted
from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.backfill._reference import BackfillReference
from pacc.services import backfills


def command(backfill: BackfillReference, *, yes: Yes = False) -> None:
    """Make no more runs of a backfill and cancel those that nobody has begun; runs under way go on."""
    store = open_for_command()
    found = backfills.find(store, backfill)
    left = found.total - found.made
    if not yes and not terminal.confirm(
        f'Cancel the backfill of "{found.deployment_name}", {left} runs before its end?'
    ):
        raise CommandError("nothing was cancelled", code="declined")
    waiting = backfills.cancel(store, found.id)
    terminal.remark(
        f"Cancelled the backfill and {counted(waiting, 'run')} of it that waited; {counted(left, 'run')} will not be made."
    )
