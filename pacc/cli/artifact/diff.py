"""`pacc artifact diff`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.artifact_changes import change_lines
from pacc.services import artifacts


def command(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The artifact's key.", show_default=False)],
    *,
    version: Annotated[
        int | None,
        typer.Option("--version", min=1, metavar="NUMBER", help="A version; the latest by default."),
    ] = None,
) -> None:
    """Show what changed from the version before: of tables the rows, of anything else the lines."""
    found = artifacts.change(open_for_command(reap=False), key, version)
    lines = change_lines(found.after.type, found.before.data, found.after.data, found.names)
    terminal.lines(each.text for each in lines)
