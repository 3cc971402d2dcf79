"""`pacc profile create`: a new profile, empty or like another."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._terminal import terminal
from pacc.settings import Profile
from pacc.settings.profiles import edit_profiles


def command(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    *,
    from_name: Annotated[
        str | None, typer.Option("--from", metavar="NAME", help="Start with the settings of this profile.")
    ] = None,
) -> None:
    """Create a profile."""
    with edit_profiles() as profiles:
        settings = {} if from_name is None else profiles.find(from_name).settings
        profiles.add_profile(Profile(name, settings))
    terminal.remark(f'Created profile "{name}". To use it: pacc profile use {name}')
