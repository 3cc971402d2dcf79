"""`pacc deployment schedule create`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import CommandError
from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli._values import named_values
from pacc.cli.deployment._reference import AcceptYes, DeploymentReference
from pacc.presentation.schedules import in_words
from pacc.schemas.deployments import DeploymentScheduleCreate
from pacc.schemas.schedules import Catchup, CronSchedule, Overlap, construct_schedule
from pacc.services import deployment_schedules, deployments


def command(
    deployment: DeploymentReference,
    *,
    interval: Annotated[
        float | None, typer.Option("--interval", metavar="SECONDS", help="Run it every so many seconds.")
    ] = None,
    anchor_date: Annotated[
        str | None,
        typer.Option("--anchor-date", metavar="TIME", help="Where the interval counts from, as ISO 8601."),
    ] = None,
    rrule: Annotated[
        str | None, typer.Option("--rrule", metavar="RULE", help='Run it by a recurrence rule: "FREQ=DAILY".')
    ] = None,
    cron: Annotated[
        str | None, typer.Option("--cron", metavar="EXPRESSION", help='Run it by cron: "0 9 * * MON-FRI".')
    ] = None,
    day_or: Annotated[
        bool,
        typer.Option(
            "--day_or/--no-day_or",
            help="One of cron's day of month and day of week is enough, or both must fit.",
        ),
    ] = True,
    timezone: Annotated[
        str | None,
        typer.Option("--timezone", metavar="ZONE", help="The zone whose clock is meant; UTC otherwise."),
    ] = None,
    active: Annotated[bool, typer.Option("--active/--no-active", help="Make runs, or rest.")] = True,
    slug: Annotated[
        str | None, typer.Option("--slug", metavar="NAME", help="A name for it, unique in the deployment.")
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", metavar="NAME=VALUE", help="An argument of its runs; repeat for more."),
    ] = None,
    catchup: Annotated[
        Catchup, typer.Option("--catchup", help="What becomes of times missed while nothing ran.")
    ] = Catchup.NONE,
    overlap: Annotated[
        Overlap, typer.Option("--overlap", help="What becomes of a run due while an earlier one is open.")
    ] = Overlap.ALLOW,
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete the other schedules of the deployment.")
    ] = False,
    yes: AcceptYes = False,
    output: Output = "table",
) -> None:
    """Give a deployment one more schedule. It stays when the deployment's code is served or deployed again."""
    schedule = construct_schedule(
        interval=interval, anchor_date=anchor_date, cron=cron, rrule=rrule, timezone=timezone
    )
    if isinstance(schedule, CronSchedule):
        schedule = CronSchedule(cron=schedule.cron, timezone=timezone, day_or=day_or)
    wanted = DeploymentScheduleCreate(
        schedule=schedule, active=active, slug=slug, parameters=named_values(param or (), "--param"),
        catchup=catchup, overlap=overlap,
    )  # fmt: skip
    store = open_for_command(reap=False)
    owner = deployments.find(store, deployment)
    if replace and owner.schedules:
        question = f'Delete the {len(owner.schedules)} schedules that "{owner.full_name}" has?'
        if not yes and not terminal.confirm(question):
            raise CommandError("nothing was changed", code="declined")
        deployment_schedules.clear(store, owner.id)
    made = deployment_schedules.add(store, owner.id, wanted)
    if output == "json":
        terminal.json(made)
        return
    terminal.remark(f'"{owner.full_name}" runs {in_words(made.schedule)} (schedule {made.id}).')
