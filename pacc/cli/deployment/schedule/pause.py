"""`pacc deployment schedule pause`."""

from __future__ import annotations

from pacc.cli._store import open_for_command
from pacc.cli.deployment._reference import All, OptionalDeployment, OptionalSchedule
from pacc.cli.deployment.schedule._several import set_active


def command(
    deployment: OptionalDeployment = None, schedule: OptionalSchedule = None, *, all: All = False
) -> None:
    """Let a schedule rest; runs it made and nobody began are removed."""
    set_active(open_for_command(reap=False), deployment, schedule, all_of_them=all, active=False)
