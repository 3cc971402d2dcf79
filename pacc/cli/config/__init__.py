"""`pacc config`: the settings, and those of the active profile to change."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="config",
    help="View and change settings.",
    entries=(
        Entry(name="set", module="pacc.cli.config.set", help="Set settings in the active profile."),
        Entry(name="unset", module="pacc.cli.config.unset", help="Take settings out of the active profile."),
        Entry(name="view", module="pacc.cli.config.view", help="Show the settings and where they come from."),
        Entry(name="validate", module="pacc.cli.config.validate", help="Check every place settings are in."),
    ),
)
