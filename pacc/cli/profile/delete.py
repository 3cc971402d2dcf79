"""`pacc profile delete`: a profile that is not needed any more."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._terminal import terminal
from pacc.settings import read_settings
from pacc.settings.profiles import edit_profiles, load_profile, must_be_own


def command(name: Annotated[str, typer.Argument(help="The profile.")], *, yes: Yes = False) -> None:
    """Delete a profile."""
    load_profile(name)
    if not yes and not terminal.confirm(f'Delete profile "{name}"?'):
        raise CommandError("nothing was deleted", code="declined")
    with edit_profiles() as profiles:
        must_be_own(profiles.find(name), "deleted")
        if name in (profiles.active_name, read_settings().profile_name):
            raise CommandError(
                f'profile "{name}" is the active one and cannot be deleted', hint="pacc profile use default"
            )
        profiles.remove_profile(name)
    terminal.remark(f'Deleted profile "{name}".')
