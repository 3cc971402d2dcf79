"""`pacc db restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._terminal import terminal
from pacc.services import health
from pacc.settings import get_current_settings

Source = Annotated[Path, typer.Argument(metavar="FILE", help="The copy to bring back.", show_default=False)]


def command(file: Source, *, yes: Yes = False) -> None:
    """Put a copy in the place of the store; what was there before is set aside."""
    home = get_current_settings().home
    if not yes and not terminal.confirm(f'Put "{file}" in the place of the store in "{home}"?'):
        raise CommandError("nothing was changed", code="declined")
    aside = health.restore(home, file.absolute())
    terminal.remark(f'Brought back "{file}".')
    if aside is not None:
        terminal.remark(f'What was there before is now "{aside}".')
