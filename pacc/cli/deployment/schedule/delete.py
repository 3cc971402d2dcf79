"""`pacc deployment schedule delete`."""

from __future__ import annotations

from pacc.cli._exits import CommandError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.deployment._reference import AcceptYes, DeploymentReference, OptionalSchedule
from pacc.presentation.schedules import in_words
from pacc.services import deployment_schedules, deployments


def command(
    deployment: DeploymentReference, schedule: OptionalSchedule = None, *, yes: AcceptYes = False
) -> None:
    """Delete a schedule with the runs it made and nobody began."""
    store = open_for_command(reap=False)
    owner = deployments.find(store, deployment)
    found = deployment_schedules.find(store, owner.id, schedule)
    name = found.slug or in_words(found.schedule)
    if not yes and not terminal.confirm(f'Delete schedule "{name}" of "{owner.full_name}"?'):
        raise CommandError("nothing was deleted", code="declined")
    deployment_schedules.delete(store, owner.id, found.id)
    terminal.remark(f'Deleted schedule "{name}" of "{owner.full_name}".')
    if found.declared_active is not None:
        terminal.remark("Its code declares it, so it comes back when the deployment is made again.")
