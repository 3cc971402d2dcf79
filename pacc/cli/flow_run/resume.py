"""`pacc flow-run resume`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pacc.cli._exits import CommandError
from pacc.cli._options import FlowRunReference
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.services import flow_runs, pausing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pacc.schemas.flow_runs import FlowRun
    from pacc.store import Store

Input = Annotated[
    str | None,
    typer.Option("--input", "-i", metavar="JSON", help='The input it asks for: {"approved": true}.'),
]


def command(run: FlowRunReference, *, input_: Input = None) -> None:
    """Let a paused or suspended flow run go on.

    Where it asks for input, each field is asked for in the terminal, unless --input has them.
    """
    store = open_for_command()
    found = flow_runs.find(store, run)
    schema, description = pausing.asked_for(store, found.id)
    given = pausing.decoded(input_) if input_ is not None else None
    if schema is not None and given is None:
        given = _filled_in(store, found, schema, description)
    state = pausing.resume(store, found.id, given)
    waits = " It starts as soon as a runner takes it." if state.is_scheduled() else ""
    terminal.remark(f'Resumed flow run "{found.name}".{waits}')


def _filled_in(
    store: Store, run: FlowRun, schema: Mapping[str, Any], description: str | None
) -> dict[str, Any]:
    from pacc.cli._form import Given  # start-up: only where something is asked for
    from pacc.presentation.block_fields import fields_of  # start-up: as above

    fields = fields_of({**schema, "definitions": schema.get("$defs", {})})
    if terminal.interactive:
        if description:
            terminal.remark(description)
        form = Given(fields, store)
        form.ask_for_the_rest()
        return form.values
    if not any(field.required for field in fields):
        return {}
    example = json.dumps({field.name: f"<{field.kind}>" for field in fields})
    raise CommandError(
        f'flow run "{run.name}" asks for input: {", ".join(field.name for field in fields)}',
        hint=f"Give it: pacc flow-run resume {run.id} --input '{example}'",
        code="input_missing",
    )
