"""`pacc profile populate-defaults`: the built-in profiles, to be changed."""

from __future__ import annotations

from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._terminal import terminal
from pacc.settings.profiles import edit_profiles, load_profiles, not_in_file


def command(*, yes: Yes = False) -> None:
    """Write the profiles that come with pacc to the profiles file."""
    missing = not_in_file(load_profiles())
    if not missing:
        terminal.remark("The profiles file has them already.")
        return
    names = ", ".join(f'"{profile.name}"' for profile in missing)
    if not yes and not terminal.confirm(f"Write {names} to the profiles file?"):
        raise CommandError("nothing was written", code="declined")
    with edit_profiles() as profiles:
        for profile in not_in_file(profiles):
            profile.source = None
    terminal.remark(f"Wrote {names} to the profiles file.")
