"""`pacc notify add`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.exceptions import ObjectNotFound
from pacc.services import deployments, flows, notifications

if TYPE_CHECKING:
    from collections.abc import Callable


def command(
    *,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="WHERE",
            help="An address (https://..., or any of Apprise), block:type/name, or desktop; - reads it from standard input.",
            show_default=False,
        ),
    ],
    on: Annotated[
        list[str] | None,
        typer.Option(
            "--on",
            metavar="STATES",
            help="Types or names of states: completed, failed, late, ...; failed,crashed unless given.",
        ),
    ] = None,
    flow: Annotated[
        str | None, typer.Option("--flow", metavar="NAME", help="Only runs of this flow.")
    ] = None,
    deployment: Annotated[
        str | None,
        typer.Option("--deployment", metavar="FLOW/DEPLOYMENT", help="Only runs of this deployment."),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", metavar="TAG", help="Only runs with this tag; repeat for more."),
    ] = None,
    subflows: Annotated[bool, typer.Option("--subflows", help="Runs that other runs called, too.")] = False,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="What to call it; made up unless given.")
    ] = None,
) -> None:
    """Tell somebody when flow runs enter certain states, from now on and whatever becomes of their processes."""
    from pacc.blocks.destinations import destination  # start-up: an address is looked at by Apprise

    word = terminal.input().strip() if to == "-" else to
    if deployment is not None and "/" not in deployment:
        raise UsageError(
            f'"{deployment}" names no deployment: write its flow too, as in etl/nightly',
            hint="pacc deployment ls",
        )
    if deployment is not None and flow is not None:
        raise UsageError("give --flow or --deployment, not both", hint="pacc notify add --help")
    store = open_for_command(reap=False)
    made = notifications.subscribe(
        store,
        destination(store, word),
        states=on or ["failed,crashed"],
        name=name,
        flow_name=flow,
        deployment_name=deployment,
        tags=tag or (),
        subflows=subflows,
    )
    terminal.remark(f'Added subscription "{made.name}": {", ".join(made.states)} to {made.address}.')
    if deployment is not None:
        _warn_unless_there(partial(deployments.read_by_name, store, deployment))
    elif flow is not None:
        _warn_unless_there(partial(flows.read_by_name, store, flow))


def _warn_unless_there(read: Callable[[], object]) -> None:
    """A flow need not have run yet, nor a deployment be made; a name that was mistyped is never heard of."""
    try:
        read()
    except ObjectNotFound as error:
        terminal.remark(f"Warning: nothing is told until there is one: {error}")
