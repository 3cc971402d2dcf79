"""`pacc deployment pause`."""

from __future__ import annotations

from pacc.cli._exits import UsageError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.deployment._reference import All, OptionalDeployment
from pacc.services import deployments


def command(deployment: OptionalDeployment = None, *, all: All = False) -> None:
    """Let the schedules of a deployment rest; runs they made and nobody began are removed."""
    if (deployment is None) != all:
        raise UsageError(
            "name a deployment, or give --all, and not both", hint="pacc deployment pause --help"
        )
    store = open_for_command(reap=False)
    found = deployments.select(store) if deployment is None else [deployments.find(store, deployment)]
    for each in found:
        deployments.pause(store, each.id)
        terminal.remark(f'Paused "{each.full_name}".')
