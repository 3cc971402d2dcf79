"""`pacc deployment build`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pacc.cli._exits import UsageError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli._values import json_object, named_values, nested_values

Several = list[str] | None


def command(
    entrypoint: Annotated[
        str, typer.Argument(metavar="ENTRYPOINT", help="The flow: file.py:function.", show_default=False)
    ],
    *,
    name: Annotated[str, typer.Option("--name", "-n", metavar="NAME", help="The deployment's name.")],
    description: Annotated[
        str | None, typer.Option("--description", "-d", metavar="TEXT", help="What it is for.")
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", "-v", metavar="TEXT", help="The version of its code.")
    ] = None,
    tag: Annotated[
        Several, typer.Option("--tag", "-t", metavar="TAG", help="Give it this tag; repeat for more.")
    ] = None,
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
    cron: Annotated[
        str | None,
        typer.Option("--cron", "--schedule", metavar="EXPRESSION", help='Run it by cron: "0 6 * * *".'),
    ] = None,
    interval: Annotated[
        int | None, typer.Option("--interval", metavar="SECONDS", help="Run it every so many seconds.")
    ] = None,
    anchor_date: Annotated[
        str | None, typer.Option("--anchor-date", metavar="TIME", help="Where the interval counts from.")
    ] = None,
    rrule: Annotated[
        str | None, typer.Option("--rrule", metavar="RULE", help='Run it by a recurrence rule: "FREQ=DAILY".')
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option("--timezone", metavar="ZONE", help="The zone whose clock is meant; UTC otherwise."),
    ] = None,
    param: Annotated[
        Several,
        typer.Option("--param", metavar="NAME=VALUE", help="An argument of its runs; repeat for more."),
    ] = None,
    params: Annotated[
        str | None, typer.Option("--params", metavar="JSON", help="Arguments as a JSON object.")
    ] = None,
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
    if timezone is not None and not (cron or interval or rrule):
        raise UsageError("--timezone goes with --cron, --interval or --rrule")
    from pacc.deployments.manifest import (  # start-up: help needs none of it
        apply_manifest,
        built,
        write_manifest,
    )

    schedule = {
        "cron": cron,
        "interval": interval,
        "anchor_date": anchor_date,
        "rrule": rrule,
        "timezone": timezone,
    }
    said: dict[str, Any] = {
        "description": description,
        "version": version,
        "tags": tag,
        "schedule": {key: value for key, value in schedule.items() if value is not None},
        "parameters": {**(json_object(params, "--params") if params else {}), **named_values(param or (), "--param")},
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
