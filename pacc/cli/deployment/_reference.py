"""How a deployment and a schedule of it are named on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.services import deployments

if TYPE_CHECKING:
    from pacc.schemas.deployments import Deployment
    from pacc.store import Store

_HELP = "FLOW/DEPLOYMENT or the beginning of it, its own name, its id or the beginning of it."

DeploymentReference = Annotated[str, typer.Argument(metavar="DEPLOYMENT", help=_HELP, show_default=False)]

OptionalDeployment = Annotated[
    str | None, typer.Argument(metavar="[DEPLOYMENT]", help=_HELP, show_default=False)
]

DeploymentId = Annotated[
    str | None, typer.Option("--id", metavar="ID", help="The deployment by its id.", show_default=False)
]

OptionalSchedule = Annotated[
    str | None,
    typer.Argument(
        metavar="[SCHEDULE]",
        help="Its slug, its id or the beginning of its id; the only one if none is named.",
        show_default=False,
    ),
]

AcceptYes = Annotated[bool, typer.Option("--accept-yes", "--yes", "-y", help="Don't ask.")]

All = Annotated[bool, typer.Option("--all", help="All of them.")]


def find_named(store: Store, name: str | None, identity: str | None, command: str) -> Deployment:
    """Return the deployment meant by a name or by `--id`.

    Raises:
        UsageError: neither is given, or both are.
        ObjectNotFound: there is no such deployment.
    """
    if (name is None) == (identity is None):
        raise UsageError("name a deployment, or give --id, and not both", hint=f"{command} --help")
    return deployments.find(store, name or identity or "")
