"""`pacc artifact delete`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc._internal.counting import counted
from pacc.cli._exits import CommandError, UsageError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.services import artifacts


def command(
    key: Annotated[
        str | None,
        typer.Argument(metavar="[KEY]", help="Delete all versions of this key.", show_default=False),
    ] = None,
    *,
    artifact_id: Annotated[
        str | None,
        typer.Option("--id", metavar="ID", help="Delete this one artifact: its id, or its beginning."),
    ] = None,
    yes: Yes = False,
) -> None:
    """Delete all versions of a key, or one artifact."""
    if (key is None) == (artifact_id is None):
        raise UsageError("say either a key or --id", hint="pacc artifact delete --help")
    store = open_for_command(reap=False)
    if artifact_id is not None:
        found = artifacts.find(store, artifact_id)
        _ask(f"Delete the artifact {found.id}?", yes=yes)
        artifacts.delete(store, found.id)
        terminal.remark(f"Deleted the artifact {found.id}.")
        return
    count = len(artifacts.versions(store, str(key)))
    _ask(f'Delete {counted(count, "artifact")} of the key "{key}"?', yes=yes)
    deleted = counted(artifacts.delete_key(store, str(key)), "artifact")
    terminal.remark(f'Deleted {deleted} of the key "{key}".')


def _ask(question: str, *, yes: bool) -> None:
    if not yes and not terminal.confirm(question):
        raise CommandError("nothing was deleted", code="declined")
