"""`pacc server database downgrade`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc._internal.counting import counted
from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._terminal import terminal
from pacc.cli.server.database._sure import must_be_sure
from pacc.services import store_schema
from pacc.settings import get_current_settings


def command(
    *,
    yes: Yes = False,
    revision: Annotated[
        str,
        typer.Option(
            "--revision", "-r", metavar="SCHEMA", help="The version: its number, or how many steps back."
        ),
    ] = "-1",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be lost.")] = False,
) -> None:
    """Bring the store back to an older schema, for an older pacc; this one brings it forward again.

    What only the newer schema has is lost with it, but for the copy of the whole store that is left beside it.
    """
    home = get_current_settings().home
    version = store_schema.standing(home)
    if version is None:
        raise CommandError(f'there is no store in "{home}"', hint="pacc server database upgrade")
    to = store_schema.named(revision, version)
    lost = [f"{counted(count, 'row')} of {name}" for name, count in store_schema.losses(home, to).items()]
    if dry_run:
        terminal.lines(lost)
        terminal.remark(
            f"From schema {version} to {to}: {counted(len(lost), 'table')} with rows would be lost."
        )
        return
    loses = f" {', '.join(lost)} would be lost." if lost else ""
    must_be_sure(f"Bring the store from schema {version} back to {to}?{loses}", yes=yes)
    copy = store_schema.downgrade(home, to)
    terminal.remark(
        f'The store in "{home}" is at schema {to}; the next command of this pacc brings it forward.'
    )
    terminal.remark(f'What was there before is "{copy}". To have it back: pacc db restore "{copy}"')
