"""`pacc deployment delete`."""

from __future__ import annotations

from pacc.cli._exits import CommandError, UsageError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.deployment._reference import All, DeploymentId, OptionalDeployment, find_named
from pacc.services import deployments


def command(
    deployment: OptionalDeployment = None, *, id: DeploymentId = None, all: All = False, yes: Yes = False
) -> None:
    """Delete a deployment with its schedules and the runs of it that nobody began; other runs stay."""
    if all and (deployment or id):
        raise UsageError(
            "name a deployment, or give --all, and not both", hint="pacc deployment delete --help"
        )
    store = open_for_command(reap=False)
    if all:
        found = deployments.select(store)
        question = f"Delete all {len(found)} deployments?"
    else:
        found = [find_named(store, deployment, id, "pacc deployment delete")]
        question = f'Delete deployment "{found[0].full_name}"?'
    if found and not yes and not terminal.confirm(question):
        raise CommandError("nothing was deleted", code="declined")
    for each in found:
        deployments.delete(store, each.id)
        terminal.remark(f'Deleted deployment "{each.full_name}".')
