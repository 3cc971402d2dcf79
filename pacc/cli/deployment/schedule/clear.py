"""`pacc deployment schedule clear`."""

from __future__ import annotations

from pacc.cli._exits import CommandError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.deployment._reference import AcceptYes, DeploymentReference
from pacc.services import deployment_schedules, deployments


def command(deployment: DeploymentReference, *, yes: AcceptYes = False) -> None:
    """Delete all schedules of a deployment with the runs they made and nobody began."""
    store = open_for_command(reap=False)
    owner = deployments.find(store, deployment)
    count = len(owner.schedules)
    if count and not yes and not terminal.confirm(f'Delete all {count} schedules of "{owner.full_name}"?'):
        raise CommandError("nothing was deleted", code="declined")
    terminal.remark(
        f'Deleted {deployment_schedules.clear(store, owner.id)} schedules of "{owner.full_name}".'
    )
