"""`pacc profile rename`: the same profile under another name."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._terminal import terminal
from pacc.settings.profiles import edit_profiles, must_be_own


def command(
    name: Annotated[str, typer.Argument(help="The profile.")],
    new_name: Annotated[str, typer.Argument(help="What to call it from now on.")],
) -> None:
    """Give a profile another name."""
    with edit_profiles() as profiles:
        must_be_own(profiles.find(name), "renamed")
        profiles.rename_profile(name, new_name)
    terminal.remark(f'Renamed profile "{name}" to "{new_name}".')
