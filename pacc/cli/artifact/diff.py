"""`pacc artifact diff`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._options import Output
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
    output: Output = "table",
) -> None:
    """Show what changed from the version before: of tables the rows, of anything else the lines."""
    found = artifacts.change(open_for_command(reap=False), key, version)
    changes = change_lines(found.after.type, found.before.data, found.after.data, found.names)
    lines = [each.text for each in changes]
    if output == "json":
        shown = {"version": found.number, "before": found.before, "after": found.after, "changes": lines}
        terminal.json(shown)
    else:
        terminal.lines(lines)
