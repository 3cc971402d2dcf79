"""`pacc automation delete`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.automation._files import Id, Name, NameOption, named
from pacc.services import automations

All = Annotated[bool, typer.Option("--all", help="Delete every automation.")]


def command(
    name: Name = None, *, name_option: NameOption = None, id: Id = None, all: All = False, yes: Yes = False
) -> None:
    """Delete an automation, or all of them, with the record of what they did."""
    store = open_for_command(reap=False)
    if all and (name or name_option or id):
        raise UsageError("name one automation, or say --all")
    meant = automations.select(store) if all else [named(store, name, name_option, id)]
    if not meant:
        terminal.remark("There are no automations.")
        return
    what = f"all {len(meant)} automations" if all else f'automation "{meant[0].name}"'
    if not yes and not terminal.confirm(f"Delete {what}?"):
        terminal.remark("Nothing was deleted.")
        raise typer.Exit(1)
    for each in meant:
        automations.delete(store, each.id)
    terminal.remark(f"Deleted {what}.")
