"""`pacc deployment schedule ls`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.deployment._reference import DeploymentReference
from pacc.presentation.deployments import schedule_table
from pacc.services import deployment_schedules, deployments


def command(deployment: DeploymentReference, *, output: Output = "table") -> None:
    """List the schedules of a deployment, the first made first."""
    found = deployments.find(open_for_command(reap=False), deployment)
    if output == "json":
        terminal.json(found.schedules)
        return
    now = datetime.now(UTC)
    coming = {each.id: deployment_schedules.next_times(each, now, 1) for each in found.schedules}
    if found.paused:
        terminal.remark(f'"{found.full_name}" is paused, so none of them makes runs.')
    terminal.table(
        schedule_table(found, {each: times[0] for each, times in coming.items() if times}, now),
        output,
        empty=f'"{found.full_name}" has no schedule: `pacc deployment schedule create` makes one',
    )
