"""`pacc global-concurrency-limit delete`."""

from __future__ import annotations

from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.global_concurrency_limit._options import LimitName
from pacc.services import concurrency_limits


def command(name: LimitName, *, yes: Yes = False) -> None:
    """Delete a concurrency limit; whoever holds slots of it goes on."""
    store = open_for_command(reap=False)
    found = concurrency_limits.read(store, name)
    if not yes and not terminal.confirm(f'Delete the concurrency limit "{found.name}"?'):
        raise CommandError("nothing was deleted", code="declined")
    concurrency_limits.remove(store, found.name)
    terminal.remark(f'Deleted the concurrency limit "{found.name}".')
