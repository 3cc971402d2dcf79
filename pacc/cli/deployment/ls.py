"""`pacc deployment ls`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.deployments import deployment_table
from pacc.schemas.filters import DeploymentFilter, DeploymentFilterTags, FlowFilter, FlowFilterName
from pacc.schemas.sorting import DeploymentSort
from pacc.services import deployment_schedules, deployments

FlowNames = Annotated[
    list[str] | None,
    typer.Argument(metavar="[FLOW]...", help="Only deployments of these flows.", show_default=False),
]

Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="TAG", help="Only deployments with this tag; repeat for more."),
]


def command(
    flow_name: FlowNames = None,
    *,
    by_created: Annotated[bool, typer.Option("--by-created", help="The newest first.")] = False,
    tag: Tags = None,
    output: Output = "table",
) -> None:
    """List deployments by name."""
    store = open_for_command(reap=False)
    found = deployments.select(
        store,
        flow_filter=FlowFilter(name=FlowFilterName(any_=flow_name)) if flow_name else None,
        deployment_filter=DeploymentFilter(tags=DeploymentFilterTags(all_=tag)) if tag else None,
        sort=DeploymentSort.CREATED_DESC if by_created else None,
    )
    if not by_created:
        found.sort(key=lambda each: (each.flow_name, each.name))
    if output == "json":
        terminal.json(found)
        return
    now = datetime.now(UTC)
    coming = {each.id: deployment_schedules.coming(each, now, 1) for each in found}
    terminal.table(
        deployment_table(found, {each: times[0][0] for each, times in coming.items() if times}, now),
        output,
        empty="no deployments yet: `.serve()` or `.deploy()` of a flow makes one",
    )
