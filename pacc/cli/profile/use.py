"""`pacc profile use`: the profile from now on."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._terminal import terminal
from pacc.settings import read_settings
from pacc.settings.profiles import edit_profiles


def command(name: Annotated[str, typer.Argument(help="The profile to use.")]) -> None:
    """Make a profile the active one."""
    with edit_profiles() as profiles:
        profiles.set_active(name)
    terminal.remark(f'Profile "{name}" is now the active one.')
    current = read_settings().profile_name
    if current != name:
        terminal.remark(f'Note: here PACC_PROFILE or --profile goes before it and chooses "{current}".')
