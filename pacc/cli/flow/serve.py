"""`pacc flow serve`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pacc.cli._deployment_options import (
    AnchorDate,
    Cron,
    Description,
    Interval,
    Rrule,
    Tags,
    Timezone,
    check_together,
    one_of,
)

if TYPE_CHECKING:
    from pacc.schemas.schedules import AnySchedule


def command(
    entrypoint: Annotated[
        str, typer.Argument(metavar="ENTRYPOINT", help="The flow, as file.py:function or module.function.")
    ],
    *,
    name: Annotated[str, typer.Option("--name", "-n", metavar="NAME", help="The deployment's name.")],
    description: Description = None,
    version: Annotated[
        str | None, typer.Option("--version", "-v", metavar="VERSION", help="The version of its code.")
    ] = None,
    tag: Tags = None,
    cron: Cron = None,
    interval: Interval = None,
    anchor_date: AnchorDate = None,
    rrule: Rrule = None,
    timezone: Timezone = None,
    pause_on_shutdown: Annotated[
        bool,
        typer.Option(
            "--pause-on-shutdown/--no-pause-on-shutdown",
            help="Let its schedules rest once this stops, until it is served again.",
        ),
    ] = True,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="Execute so many runs at once here.")
    ] = None,
    warm: Annotated[
        bool | None,
        typer.Option(
            "--warm/--no-warm",
            help="Fork runs from a process that has loaded the flow; PACC_RUNNER_WARM says.",
            show_default=False,
        ),
    ] = None,
    global_limit: Annotated[
        int | None,
        typer.Option("--global-limit", metavar="N", min=1, help="Let so many runs be open at once anywhere."),
    ] = None,
) -> None:
    """Make a deployment of a flow and execute its runs, until Ctrl-C or SIGTERM.

    Pressed once, Ctrl-C takes no more runs and waits for those under way; pressed again it asks those to end, and the
    third time it kills them.
    """
    from pacc.deployments.runner import RunnerDeployment  # start-up: help needs no runner
    from pacc.deployments.serving import serve

    schedule = _schedule(cron, interval, rrule, anchor_date, timezone)
    declared = RunnerDeployment.from_entrypoint(
        entrypoint, name, description=description, version=version, tags=tag, schedule=schedule,
        concurrency_limit=global_limit,
    )  # fmt: skip
    serve(declared, pause_on_shutdown=pause_on_shutdown, limit=limit, warm=warm)


def _schedule(
    cron: str | None, interval: float | None, rrule: str | None, anchor_date: str | None, timezone: str | None
) -> AnySchedule | None:
    times = {"cron": cron, "interval": interval, "rrule": rrule}
    check_together(times, anchor_date, timezone)
    if one_of(times) is None:
        return None
    from pacc.schemas.schedules import construct_schedule  # start-up: as above

    return construct_schedule(
        interval=interval, anchor_date=anchor_date, cron=cron, rrule=rrule, timezone=timezone
    )
