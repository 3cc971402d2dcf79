"""Making a profile the active one, under whichever name it is asked for."""

from __future__ import annotations

from pacc.cli._terminal import terminal
from pacc.settings import read_settings
from pacc.settings.context import settings_of_profile
from pacc.settings.profiles import edit_profiles


def choose(name: str) -> None:
    """Make a profile the active one, and say where that does not count.

    Args:
        name: the profile.

    Raises:
        MissingProfileError: there is none of that name.
    """
    with edit_profiles() as profiles:
        profiles.set_active(name)
    terminal.remark(f'Profile "{name}" is now the active one.')
    current = read_settings().profile_name
    if current != name:
        terminal.remark(f'Note: here PACC_PROFILE or --profile goes before it and chooses "{current}".')
    home = read_settings().home
    if home != settings_of_profile(name).home:
        terminal.remark(
            f'Note: here PACC_HOME or a file goes before its home; the store is still that in "{home}".'
        )
