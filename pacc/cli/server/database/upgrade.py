"""`pacc server database upgrade`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc._internal.counting import counted
from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._terminal import terminal
from pacc.services import store_schema
from pacc.settings import get_current_settings


def command(
    *,
    yes: Yes = False,
    revision: Annotated[
        str, typer.Option("--revision", "-r", metavar="SCHEMA", help="The version: its number, or head.")
    ] = "head",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list the steps it would take.")] = False,
) -> None:
    """Bring the store to the newest schema. Every command does so by itself; a copy from before is left beside it."""
    home, newest = get_current_settings().home, max(store_schema.known())
    version = store_schema.standing(home) or 0
    if store_schema.named(revision, version) != newest:
        raise CommandError(
            f"this pacc works with schema {newest} alone, and every command brings the store there",
            hint="pacc server database downgrade --help",
        )
    todo = store_schema.pending(home)
    if dry_run:
        terminal.lines(f"{number}: {why}" for number, why in todo.items())
        terminal.remark(f"The store is at schema {version}, {counted(len(todo), 'step')} from the newest.")
        return
    if todo and not yes and not terminal.confirm(f'Bring the store in "{home}" to schema {newest}?'):
        raise CommandError("nothing was changed", code="declined")
    store_schema.upgrade(home)
    terminal.remark(f'The store in "{home}" is at schema {newest}.')
