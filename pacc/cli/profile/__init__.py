"""`pacc profile`: named sets of settings, one of them active."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="profile",
    help="Choose and change profiles.",
    entries=(
        Entry(name="ls", module="pacc.cli.profile.ls", help="List the profiles."),
        Entry(name="create", module="pacc.cli.profile.create", help="Create a profile."),
        Entry(name="use", module="pacc.cli.profile.use", help="Make a profile the active one."),
        Entry(name="delete", module="pacc.cli.profile.delete", help="Delete a profile."),
        Entry(name="rename", module="pacc.cli.profile.rename", help="Give a profile another name."),
        Entry(name="inspect", module="pacc.cli.profile.inspect", help="Show what a profile sets."),
        Entry(
            name="populate-defaults",
            module="pacc.cli.profile.populate_defaults",
            help="Write the profiles that come with pacc to the profiles file.",
        ),
    ),
)
