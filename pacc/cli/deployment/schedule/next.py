"""`pacc deployment schedule next`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.deployment._reference import DeploymentReference
from pacc.presentation.deployments import coming_table
from pacc.services import deployment_schedules, deployments


def command(
    deployment: DeploymentReference,
    *,
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=1000, metavar="COUNT", help="So many times.")
    ] = 10,
    output: Output = "table",
) -> None:
    """Show when a deployment runs next, by all its active schedules together."""
    found = deployments.find(open_for_command(reap=False), deployment)
    now = datetime.now(UTC)
    coming = deployment_schedules.coming(found, now, count)
    if output == "json":
        terminal.json([{"time": time, "schedule_id": each.id, "slug": each.slug} for time, each in coming])
        return
    if found.paused:
        terminal.remark(f'"{found.full_name}" is paused, so none of them comes before it is resumed.')
    terminal.table(coming_table(coming, now), output, empty=f'"{found.full_name}" has no active schedule')
