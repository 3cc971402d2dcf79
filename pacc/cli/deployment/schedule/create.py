"""`pacc deployment schedule create`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._arguments import LongParam, arguments
from pacc.cli._deployment_options import (
    AnchorDate,
    Cron,
    Interval,
    Rrule,
    Timezone,
    check_together,
    one_of,
)
from pacc.cli._exits import CommandError, UsageError
from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.deployment._reference import AcceptYes, DeploymentReference
from pacc.presentation.schedules import in_words
from pacc.schemas.choices import Catchup, Overlap
from pacc.schemas.deployments import DeploymentScheduleCreate
from pacc.schemas.schedules import CronSchedule, construct_schedule
from pacc.services import deployment_schedules, deployments


def command(
    deployment: DeploymentReference,
    *,
    interval: Interval = None,
    anchor_date: AnchorDate = None,
    rrule: Rrule = None,
    cron: Cron = None,
    day_or: Annotated[
        bool,
        typer.Option(
            "--day_or/--no-day_or",
            help="One of cron's day of month and day of week is enough, or both must fit.",
        ),
    ] = True,
    timezone: Timezone = None,
    active: Annotated[bool, typer.Option("--active/--no-active", help="Make runs, or rest.")] = True,
    slug: Annotated[
        str | None, typer.Option("--slug", metavar="NAME", help="A name for it, unique in the deployment.")
    ] = None,
    param: LongParam = None,
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
    times = {"cron": cron, "interval": interval, "rrule": rrule}
    check_together(times, anchor_date, timezone)
    if one_of(times) is None:
        raise UsageError("give --cron, --interval or --rrule", hint="pacc deployment schedule create --help")
    schedule = construct_schedule(
        interval=interval, anchor_date=anchor_date, cron=cron, rrule=rrule, timezone=timezone
    )
    if isinstance(schedule, CronSchedule):
        schedule = CronSchedule(cron=schedule.cron, timezone=timezone, day_or=day_or)
    wanted = DeploymentScheduleCreate(
        schedule=schedule, active=active, slug=slug, parameters=arguments(param, None),
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
