"""`pacc result delete`."""

from __future__ import annotations

from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.result._reference import ResultReference
from pacc.results import delete_kept
from pacc.services import results


def command(key: ResultReference, *, yes: Yes = False) -> None:
    """Delete a kept result; a task that would have reused it runs again."""
    store = open_for_command(reap=False)
    found = results.find(store, key)
    if not yes and not terminal.confirm(f'Delete the result "{found.key}" in {found.storage}?'):
        raise CommandError("nothing was deleted", code="declined")
    delete_kept(store, found)
    terminal.remark(f'Deleted the result "{found.key}" in {found.storage}.')
