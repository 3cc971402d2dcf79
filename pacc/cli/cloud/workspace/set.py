"""`pacc cloud workspace set`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli._terminal import terminal
from pacc.cli.profile._choosing import choose
from pacc.settings import load_profiles

Workspace = Annotated[
    str | None,
    typer.Option("--workspace", "-w", metavar="NAME", help="The profile; asked for where nobody says."),
]


def command(*, workspace: Workspace = None) -> None:
    """Make a profile the active one, and so its store."""
    if workspace is None:
        if not terminal.interactive:
            raise UsageError("--workspace is missing", hint="pacc cloud workspace ls")
        workspace = terminal.ask(f"Which one of {', '.join(load_profiles())}? ").strip()
    choose(workspace)
