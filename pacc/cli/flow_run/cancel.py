"""`pacc flow-run cancel`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pacc.cli._exits import CommandError
from pacc.cli._options import FlowRunReference, Yes
from pacc.cli._store import Ended, open_for_command
from pacc.cli._terminal import terminal
from pacc.services import cancelling, flow_runs

if TYPE_CHECKING:
    from pacc.schemas.flow_runs import FlowRun
    from pacc.store import Store


def command(
    run: FlowRunReference,
    *,
    wait: Annotated[bool, typer.Option("--wait", help="Return when all its processes have ended.")] = False,
    yes: Yes = False,
) -> None:
    """End a flow run, with every process it has started. Its state is Cancelled once they are gone."""
    store = open_for_command()
    found = flow_runs.find(store, run)
    open_now = found.state is not None and not found.state.is_final()
    if open_now and not yes and not terminal.confirm(f'Cancel flow run "{found.name}" ({found.id})?'):
        raise CommandError("nothing was cancelled", code="declined")
    result = cancelling.cancel(store, found.id)
    if result.state is not None and result.state.is_cancelled():
        terminal.remark(f'Cancelled flow run "{found.name}" ({found.id}) before it began.')
        return
    terminal.remark(f'Flow run "{found.name}" ({found.id}) is told to end.')
    if wait:
        _wait(store, found)


def _wait(store: Store, run: FlowRun) -> None:
    import time  # start-up: most commands wait for nothing

    ended = Ended(store, run.id)
    while not ended():
        time.sleep(0.05)
    now = flow_runs.read(store, run.id)
    terminal.remark(f'Flow run "{run.name}" ended in state {now.state_name}.')
