"""`pacc flow-run cancel`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pacc.cli._exits import CommandError
from pacc.cli._options import FlowRunReference, Yes
from pacc.cli._store import Ended, open_for_command
from pacc.cli._terminal import terminal
from pacc.services import cancelling, flow_runs

if TYPE_CHECKING:
    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.states import State
    from pacc.store import Store


def command(
    run: FlowRunReference,
    *,
    wait: Annotated[bool, typer.Option("--wait", help="Return when all its processes have ended.")] = False,
    kill: Annotated[
        bool, typer.Option("--kill", help="Kill all its processes at once, without time to end.")
    ] = False,
    yes: Yes = False,
) -> None:
    """End a flow run, with every process it has started. Its state is Cancelled once they are gone."""
    store = open_for_command()
    found = flow_runs.find(store, run)
    open_now = found.state is not None and not found.state.is_final()
    verb = "Kill" if kill else "Cancel"
    if open_now and not yes and not terminal.confirm(f'{verb} flow run "{found.name}" ({found.id})?'):
        raise CommandError("nothing was cancelled", code="declined")
    state = _told(store, found, kill=kill)
    if state is not None and state.is_cancelled():
        began = found.start_time is not None
        how, when = "Killed" if kill and began else "Cancelled", "" if began else " before it began"
        terminal.remark(f'{how} flow run "{found.name}" ({found.id}){when}.')
        return
    terminal.remark(f'Flow run "{found.name}" ({found.id}) is {"being killed" if kill else "told to end"}.')
    if wait:
        _wait(store, found)


def _told(store: Store, run: FlowRun, *, kill: bool) -> State[Any] | None:
    if not kill:
        return cancelling.cancel(store, run.id).state
    from pacc.services import killing  # start-up: hardly any run is killed

    return killing.kill(store, run.id)


def _wait(store: Store, run: FlowRun) -> None:
    import time  # start-up: most commands wait for nothing

    ended = Ended(store, run.id)
    while not ended():
        time.sleep(0.05)
    now = flow_runs.read(store, run.id)
    terminal.remark(f'Flow run "{run.name}" ended in state {now.state_name}.')
