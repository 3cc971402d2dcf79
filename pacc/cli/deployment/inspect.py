"""`pacc deployment inspect`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.deployment._reference import DeploymentReference
from pacc.presentation.deployments import deployment_description
from pacc.services import deployments


def command(deployment: DeploymentReference, *, output: Output = "table") -> None:
    """Show everything about a deployment: where its code is, what it is given, when it runs."""
    found = deployments.find(open_for_command(reap=False), deployment)
    if output == "json":
        terminal.json(found)
        return
    terminal.description(deployment_description(found, datetime.now(UTC)), output)
