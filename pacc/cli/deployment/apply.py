"""`pacc deployment apply`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal


def command(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Files that pacc deployment build wrote.", show_default=False),
    ],
) -> None:
    """Put the deployments of files into the store, for the workers or agents of their pools."""
    from pacc.deployments.manifest import apply_manifest  # start-up: help needs none of it

    store = open_for_command(reap=False)
    for path in paths:
        made = apply_manifest(store, path)
        terminal.remark(f'Applied "{made.full_name}" ({made.id}).')
