"""`pacc flow-run suspend`."""

from __future__ import annotations

from pacc.cli._options import FlowRunReference
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.flow_run.pause import Timeout
from pacc.services import flow_runs, pausing


def command(run: FlowRunReference, *, timeout: Timeout = None) -> None:
    """Have the process of a deployment's run leave; resumed, the run is started anew and reuses what had finished.

    Tasks that are under way are interrupted.
    """
    store = open_for_command()
    found = flow_runs.find(store, run)
    pausing.suspend(store, found.id, timeout=timeout)
    terminal.remark(f'Suspended flow run "{found.name}". To go on: pacc flow-run resume {found.name}')
