"""`pacc db backup`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._terminal import terminal
from pacc.services import health
from pacc.settings import get_current_settings

Target = Annotated[Path, typer.Argument(metavar="FILE", help="The file to make.", show_default=False)]


def command(file: Target, *, yes: Yes = False) -> None:
    """Copy the store into one file and check the copy; runs may go on meanwhile."""
    if file.is_dir():
        raise CommandError(f'"{file}" is a folder', hint="name a file in it")
    if file.exists() and not yes and not terminal.confirm(f'Replace "{file}"?'):
        raise CommandError("nothing was copied", code="declined")
    health.backup(get_current_settings().home, file.absolute())
    terminal.remark(f'Copied the store to "{file}" ({file.stat().st_size / 1e6:.1f} MB).')
