"""`pacc deployment stats`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from pacc.cli._options import Output, past_moment
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.deployment._reference import DeploymentReference
from pacc.presentation import deployment_stats as presented
from pacc.services import deployment_stats, deployments

_LAST = timedelta(days=7)


def command(
    deployment: DeploymentReference,
    *,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since",
            metavar="TIME",
            parser=past_moment,
            help='Only runs due since then: "2h", "yesterday", 2026-11-20; the last seven days otherwise.',
        ),
    ] = None,
    parts: Annotated[
        int, typer.Option("--parts", min=1, max=500, metavar="COUNT", help="How many bars that time is.")
    ] = 28,
    output: Output = "table",
) -> None:
    """Show how the runs of a deployment went over time: how many completed, how long they took, how late they began."""
    until = datetime.now(UTC)
    store = open_for_command()
    found = deployments.find(store, deployment)
    stats = deployment_stats.read(store, found.id, since or until - _LAST, until, parts)
    if output == "json":
        terminal.json(stats)
    elif output == "plain":
        terminal.table(presented.stats_table(stats), output)
    else:
        for line in presented.stats_lines(stats, glyphs=terminal.glyphs):
            terminal.cells(line)
