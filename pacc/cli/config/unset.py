"""`pacc config unset`: settings the active profile no longer has."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._terminal import terminal
from pacc.cli.config._elsewhere import remark_on_other_sources
from pacc.settings.declared import BY_ANY_NAME
from pacc.settings.profiles import load_current_profile, unset_in_current_profile


def command(
    setting_names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="One or more settings, such as PACC_LOGGING_LEVEL.")
    ],
    *,
    yes: Yes = False,
) -> None:
    """Take settings out of the active profile."""
    names = ", ".join(setting_names)
    profile = load_current_profile().name
    if not yes and not terminal.confirm(f'Unset {names} in profile "{profile}"?'):
        raise CommandError("nothing was unset", code="declined")
    unset_in_current_profile(setting_names)
    terminal.remark(f'Unset {names} in profile "{profile}".')
    remark_on_other_sources(BY_ANY_NAME[name] for name in setting_names if name in BY_ANY_NAME)
