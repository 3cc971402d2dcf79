"""`pacc shell group create`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.shell._jobs import Parallel
from pacc.services import shell_queue


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.", show_default=False)],
    *,
    parallel: Parallel = 1,
) -> None:
    """Make a group, which runs so many of its commands at once."""
    made = shell_queue.create_group(open_for_command(reap=False), name, parallel=parallel)
    terminal.remark(f'Made the group "{made.name}": {parallel} at once.')
