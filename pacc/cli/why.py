"""`pacc why`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.exceptions import ObjectNotFound
from pacc.presentation.explanations import explanation_lines
from pacc.services import deployments, flow_runs, task_runs
from pacc.services.explaining import why_deployment, why_flow_run, why_task_run

if TYPE_CHECKING:
    from pacc.schemas.explanations import Explanation
    from pacc.store import Store


def command(
    thing: Annotated[
        str,
        typer.Argument(
            metavar="RUN|DEPLOYMENT",
            help="A flow run, a task run or a deployment: a name, an id or its beginning, flow/deployment, @last, @failed.",
            show_default=False,
        ),
    ],
    *,
    output: Output = "table",
) -> None:
    """Say in a sentence why something is late, waits, is paused, was cached or skipped, crashed, was retried or failed."""
    store = open_for_command()
    found = _explained(store, thing)
    if output == "json":
        terminal.json(found)
        return
    for line in explanation_lines(found):
        terminal.line(line)
    if found.next_step is not None and output == "table":
        terminal.remark(f"See: {found.next_step}")


def _explained(store: Store, thing: str) -> Explanation:
    if "/" in thing:
        return why_deployment(store, deployments.find(store, thing))
    try:
        return why_flow_run(store, flow_runs.find(store, thing))
    except ObjectNotFound:
        pass
    try:
        return why_task_run(store, task_runs.find(store, thing))
    except ObjectNotFound:
        pass
    try:
        return why_deployment(store, deployments.find(store, thing))
    except ObjectNotFound:
        raise ObjectNotFound(
            f'no flow run, task run or deployment "{thing}"', hint="pacc flow-run ls"
        ) from None
