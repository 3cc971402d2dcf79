"""`pacc deployment resume`."""

from __future__ import annotations

from pacc.cli._exits import UsageError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.deployment._reference import All, OptionalDeployment
from pacc.services import deployments


def command(deployment: OptionalDeployment = None, *, all: All = False) -> None:
    """Let the schedules of a deployment go on; what passed while they rested is passed over."""
    if (deployment is None) != all:
        raise UsageError(
            "name a deployment, or give --all, and not both", hint="pacc deployment resume --help"
        )
    store = open_for_command(reap=False)
    found = deployments.select(store) if deployment is None else [deployments.find(store, deployment)]
    for each in found:
        deployments.resume(store, each.id)
        terminal.remark(f'Resumed "{each.full_name}".')
