"""`pacc automation`: if this happens, or does not, do that."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="automation",
    help="See, make, try, pause and delete automations: if this happens, do that.",
    entries=(
        Entry(
            name="create", module="pacc.cli.automation.create", help="Make automations of a file or of JSON."
        ),
        Entry(name="delete", module="pacc.cli.automation.delete", help="Delete an automation, or all."),
        Entry(
            name="inspect", module="pacc.cli.automation.inspect", help="Show an automation and what it did."
        ),
        Entry(name="ls", module="pacc.cli.automation.ls", help="List automations by name."),
        Entry(
            name="pause",
            module="pacc.cli.automation.pause",
            help="Let an automation fire no longer.",
            aliases=("disable",),
        ),
        Entry(
            name="resume",
            module="pacc.cli.automation.resume",
            help="Let a paused automation fire again.",
            aliases=("enable",),
        ),
        Entry(name="test", module="pacc.cli.automation.test", help="Say whether an automation would fire."),
        Entry(name="update", module="pacc.cli.automation.update", help="Make an automation another one."),
    ),
)
