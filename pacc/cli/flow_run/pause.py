"""`pacc flow-run pause`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._options import FlowRunReference
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.services import flow_runs, pausing

Timeout = Annotated[
    int | None,
    typer.Option(
        "--timeout", min=1, metavar="SECONDS", help="Fail the run unless it is resumed in so many seconds."
    ),
]


def command(run: FlowRunReference, *, timeout: Timeout = None) -> None:
    """Have a running flow run wait before the next task it calls, until it is resumed.

    Its process stays. Tasks that are under way come to their end.
    """
    store = open_for_command()
    found = flow_runs.find(store, run)
    pausing.pause(store, found.id, timeout=timeout)
    terminal.remark(f'Paused flow run "{found.name}". To go on: pacc flow-run resume {found.name}')
