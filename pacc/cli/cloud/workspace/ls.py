"""`pacc cloud workspace ls`."""

from __future__ import annotations

from pacc.cli._options import Output
from pacc.cli._terminal import terminal
from pacc.presentation.settings import stores_table
from pacc.settings import load_profiles, read_settings
from pacc.settings.context import settings_of_profile


def command(*, output: Output = "table") -> None:
    """List the profiles, each with the home its store is in."""
    active = read_settings().profile_name
    homes = {name: settings_of_profile(name).home for name in load_profiles()}
    if output == "json":
        terminal.json(
            [{"name": name, "active": name == active, "home": home} for name, home in homes.items()]
        )
    else:
        terminal.table(stores_table(homes, active), output)
