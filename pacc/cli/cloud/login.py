"""`pacc cloud login`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._terminal import terminal
from pacc.cli.profile._choosing import choose
from pacc.settings import get_current_settings

Key = Annotated[
    str | None, typer.Option("--key", "-k", metavar="KEY", help="Said to be of no use here, and not kept.")
]
Workspace = Annotated[
    str | None, typer.Option("--workspace", "-w", metavar="NAME", help="The profile to use from now on.")
]


def command(*, key: Key = None, workspace: Workspace = None) -> None:
    """Say where the store is: it is on this machine, and nobody logs in to it."""
    if workspace is not None:
        choose(workspace)
    if key is not None:
        terminal.remark("The key opens nothing here, and was not kept.")
    home = get_current_settings().home
    terminal.remark(f'There is nothing to log in to: the store is in "{home}", and it is yours.')
