"""`pacc profile inspect`: what a profile sets."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._options import Output
from pacc.cli._terminal import terminal
from pacc.presentation.settings import profile_table
from pacc.settings import load_current_profile, load_profile


def command(
    name: Annotated[str | None, typer.Argument(help="The profile; the active one unless given.")] = None,
    *,
    output: Output = "table",
) -> None:
    """Show what a profile sets."""
    profile = load_current_profile() if name is None else load_profile(name)
    if output == "json":
        terminal.json({each.name: each.masked(value) for each, value in profile.settings.items()})
        return
    empty = f'profile "{profile.name}" sets nothing'
    terminal.table(profile_table(profile), output, empty=empty)
