"""`pacc asset delete`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.asset._key import AssetKey
from pacc.services import assets


def command(
    key: AssetKey,
    *,
    force: Annotated[bool, typer.Option("--force", "-f", help="Don't ask, as --yes.")] = False,
    yes: Yes = False,
) -> None:
    """Forget an asset and when it was made; the thing itself stays where it is."""
    store = open_for_command(reap=False)
    found = assets.read(store, key)
    if not (force or yes) and not terminal.confirm(f'Forget the asset "{found.key}"?'):
        raise CommandError("nothing was deleted", code="declined")
    assets.delete(store, found.key)
    terminal.remark(f'Forgot the asset "{found.key}".')
