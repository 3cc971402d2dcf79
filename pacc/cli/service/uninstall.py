"""`pacc service uninstall`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc import at_boot
from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._terminal import terminal


def command(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="What it is called.")] = "server",
    *,
    yes: Yes = False,
) -> None:
    """Stop something that starts with the machine, and let it start no more."""
    checked = at_boot.checked_name(name)
    if not yes and not terminal.confirm(f'Stop "{checked}" and let it start with the machine no more?'):
        raise CommandError("nothing was changed", code="declined")
    path = at_boot.uninstall(checked)
    terminal.remark(f'"{checked}" starts with the machine no more ({path} is removed).')
