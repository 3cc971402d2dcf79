"""`pacc automation update`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.automation._files import FromFile, FromJson, told_automations
from pacc.services import automation_files, automations

Identity = Annotated[str, typer.Option("--id", metavar="ID", help="The automation's id, or its name.")]


def command(*, id: Identity, from_file: FromFile = None, from_json: FromJson = None) -> None:
    """Make an automation another one. What its trigger has seen so far is forgotten."""
    store = open_for_command(reap=False)
    told = told_automations(from_file, from_json)
    if len(told) > 1:
        raise UsageError(f"one automation is updated, and there are {len(told)} in it")
    kept = automations.find(store, id)
    changed = automations.update(store, kept.id, automation_files.from_plain(store, told[0]))
    terminal.remark(f'Updated automation "{changed.name}".')
