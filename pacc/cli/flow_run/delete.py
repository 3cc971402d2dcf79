"""`pacc flow-run delete`."""

from __future__ import annotations

from pacc.cli._exits import CommandError
from pacc.cli._options import FlowRunReference, Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.services import flow_runs


def command(run: FlowRunReference, *, yes: Yes = False) -> None:
    """Delete a flow run with its task runs and its log."""
    store = open_for_command()
    found = flow_runs.find(store, run)
    if not yes and not terminal.confirm(f'Delete flow run "{found.name}" ({found.id})?'):
        raise CommandError("nothing was deleted", code="declined")
    flow_runs.delete(store, found.id)
    terminal.remark(f'Deleted flow run "{found.name}" ({found.id}).')
