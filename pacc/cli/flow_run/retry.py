"""`pacc flow-run retry`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import CommandError, UsageError
from pacc.cli._options import FlowRunReference, Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.retries import plan_table
from pacc.presentation.states import state_cell
from pacc.services import flow_runs, retrying


def command(
    run: FlowRunReference,
    *,
    from_task: Annotated[
        str | None,
        typer.Option("--from", metavar="TASK", help="Redo this task and whatever was called after it."),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Reuse nothing.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be reused and what would run again, no more.")
    ] = False,
    entrypoint: Annotated[
        str | None,
        typer.Option(
            "--entrypoint", "-e", metavar="FILE:FUNCTION", help="Where the flow is, if not where it was."
        ),
    ] = None,
    output: Output = "table",
) -> None:
    """Run a flow run again that failed, crashed or was cancelled, from where it stopped.

    Results of finished tasks are reused. The run of a script is executed here; one of a deployment is taken by its runner. Fails
    unless the run completes.
    """
    if all_ and from_task is not None:
        raise UsageError("--all and --from exclude each other", hint="pacc flow-run retry --help")
    store = open_for_command()
    found = flow_runs.find(store, run)
    if dry_run:
        plan = retrying.plan(store, found.id, from_task=from_task, everything=all_)
        if output == "json":
            terminal.json(plan)
            return
        terminal.table(
            plan_table(plan, glyphs=terminal.glyphs), output, empty="no task was called; all of it runs"
        )
        return
    from pacc.flow_runs import retry_flow_run  # start-up: a plan is shown without the engine
    from pacc.loops.housekeeper import housekeeper  # start-up: as above

    housekeeper.wanted(store)
    state = retry_flow_run(found.id, entrypoint=entrypoint, from_task=from_task, everything=all_)
    if output == "json":
        terminal.json(flow_runs.read(store, found.id))
    if state.is_scheduled():
        terminal.remark(f'Flow run "{found.name}" waits for a runner of its deployment to take it again.')
        return
    if not state.is_completed():
        raise CommandError(
            f'flow run "{found.name}" ended in state {state.name}',
            hint=f"pacc flow-run inspect {found.id}",
            code="not_completed",
        )
    shown = state_cell(state.type, state.name, glyphs=terminal.glyphs)
    terminal.remark(f'{shown.text}  flow run "{found.name}"')
