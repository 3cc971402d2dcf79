"""`pacc config validate`: whatever is wrong with the settings, wherever they are."""

from __future__ import annotations

import os

from pacc.cli._exits import CommandError
from pacc.cli._terminal import terminal
from pacc.settings.checking import check_settings


def command() -> None:
    """Check every place settings are in."""
    mistakes = check_settings(os.environ)
    terminal.lines(mistakes)
    if mistakes:
        count = "one mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        raise CommandError(f"the settings have {count}", hint="pacc config view", code="configuration")
    terminal.line("The settings are valid.")
