"""`pacc server database stamp`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._terminal import terminal
from pacc.cli.server.database._sure import must_be_sure
from pacc.services import store_schema
from pacc.settings import get_current_settings


def command(
    revision: Annotated[
        str, typer.Argument(metavar="SCHEMA", help="The version: its number, or head.", show_default=False)
    ],
    *,
    yes: Yes = False,
) -> None:
    """Write into the store which schema it has, where that is wrong; its tables are compared first and not changed."""
    home = get_current_settings().home
    version = store_schema.standing(home)
    if version is None:
        raise CommandError(f'there is no store in "{home}"', hint="pacc server database upgrade")
    to = store_schema.named(revision, version)
    must_be_sure(f"Say of the store that it has schema {to}? It says {version}.", yes=yes)
    store_schema.stamp(home, to)
    terminal.remark(f'The store in "{home}" says that it has schema {to}.')
