"""`pacc flow-run execute`."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from pacc._internal.process_tree import MARK
from pacc.cli._exits import CommandError, UsageError
from pacc.cli._store import open_for_command
from pacc.runner import spawning
from pacc.services import flow_runs

Reference = Annotated[
    str | None,
    typer.Argument(
        metavar="[RUN]",
        help=f"Its id, the beginning of its id, or its name; else {MARK} says.",
        show_default=False,
    ),
]


def command(run: Reference = None) -> None:
    """Execute a flow run that is waiting, here and now, also before its time, and follow it to its end. Fails unless it completes."""
    reference = run or os.environ.get(MARK) or spawning.assigned()[0]
    if reference is None:
        raise UsageError(f"RUN is missing, and {MARK} is not set", hint="pacc flow-run execute --help")
    store = open_for_command()
    found = flow_runs.find(store, reference)
    code = spawning.execute(str(found.id))
    if code:
        raise typer.Exit(code)
    ended = flow_runs.read(store, found.id)
    if ended.state_type != "COMPLETED":
        raise CommandError(
            f'flow run "{found.name}" ended in state {ended.state_name}',
            hint=f"pacc flow-run inspect {found.id}",
            code="not_completed",
        )
