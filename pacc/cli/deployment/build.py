"""`pacc deployment build`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pacc.cli._arguments import LongParam, Params, arguments
from pacc.cli._deployment_options import (
    AnchorDate,
    Description,
    OlderCron,
    Rrule,
    Several,
    Tags,
    Timezone,
    WholeInterval,
    check_together,
)
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli._values import nested_values


def command(
    entrypoint: Annotated[
        str, typer.Argument(metavar="ENTRYPOINT", help="The flow: file.py:function.", show_default=False)
    ],
    *,
    name: Annotated[str, typer.Option("--name", "-n", metavar="NAME", help="The deployment's name.")],
    description: Description = None,
    version: Annotated[
        str | None, typer.Option("--version", "-v", metavar="TEXT", help="The version of its code.")
    ] = None,
    tag: Tags = None,
    work_queue: Annotated[
        str | None,
        typer.Option("--work-queue", "-q", metavar="NAME", help="The work queue its runs wait in."),
    ] = None,
    pool: Annotated[
        str | None,
        typer.Option(
            "--pool", "-p", metavar="NAME", help="The pool of that queue; the agents' own otherwise."
        ),
    ] = None,
    cron: OlderCron = None,
    interval: WholeInterval = None,
    anchor_date: AnchorDate = None,
    rrule: Rrule = None,
    timezone: Timezone = None,
    param: LongParam = None,
    params: Params = None,
    override: Annotated[
        Several,
        typer.Option(
            "--override",
            metavar="NAME=VALUE",
            help="Something the infrastructure of its runs is told: env.CITY=Ulm.",
        ),
    ] = None,
    path: Annotated[
        str | None,
        typer.Option(
            "--path", metavar="FOLDER", help="The folder the entrypoint is relative to; this one otherwise."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The file; FLOW-deployment.yaml otherwise."),
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", "-a", help="Put it into the store at once.")] = False,
) -> None:
    """Write the deployment of a flow into a file that pacc deployment apply reads. Newer programs use pacc deploy."""
    times = {"cron": cron, "interval": interval, "rrule": rrule}
    check_together(times, anchor_date, timezone)
    from pacc.deployments.manifest import (  # start-up: help needs none of it
        apply_manifest,
        built,
        write_manifest,
    )

    schedule = {**times, "anchor_date": anchor_date, "timezone": timezone}
    said: dict[str, Any] = {
        "description": description,
        "version": version,
        "tags": tag,
        "schedule": {key: value for key, value in schedule.items() if value is not None},
        "parameters": arguments(param, params),
        "work_pool": {
            "name": pool, "work_queue_name": work_queue, "job_variables": nested_values(override or (), "--override"),
        },
    }  # fmt: skip
    declared = built(entrypoint, name, said)
    declared.path = path or declared.path
    file = write_manifest(declared, output)
    terminal.remark(f'Wrote {file}, the deployment "{declared.full_name}".')
    if apply:
        made = apply_manifest(open_for_command(reap=False), file)
        terminal.remark(f'Applied "{made.full_name}" ({made.id}).')
    else:
        terminal.remark(f"Put it into the store: pacc deployment apply {file}")
