"""`pacc work-pool ls`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.work_pools import pool_table
from pacc.services import work_pools


def command(
    *,
    verbose: Annotated[
        bool, typer.Option("--verbose/--no-verbose", "-v", help="Their ids and descriptions, too.")
    ] = False,
    output: Output = "table",
) -> None:
    """List work pools by name."""
    found = work_pools.select(open_for_command())
    if output == "json":
        terminal.json(found)
    else:
        terminal.table(pool_table(found, verbose=verbose), output, empty="no work pools")
