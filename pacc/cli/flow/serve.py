"""`pacc flow serve`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from pacc.cli._exits import UsageError


def command(
    entrypoint: Annotated[
        str, typer.Argument(metavar="ENTRYPOINT", help="The flow, as file.py:function or module.function.")
    ],
    *,
    name: Annotated[str, typer.Option("--name", "-n", metavar="NAME", help="The deployment's name.")],
    description: Annotated[
        str | None, typer.Option("--description", "-d", metavar="TEXT", help="What it is for.")
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", "-v", metavar="VERSION", help="The version of its code.")
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", "-t", metavar="TAG", help="A tag of it and of its runs; repeat for more."),
    ] = None,
    cron: Annotated[
        str | None, typer.Option("--cron", metavar="EXPRESSION", help="Run it by a cron expression.")
    ] = None,
    interval: Annotated[
        float | None, typer.Option("--interval", metavar="SECONDS", help="Run it at even distances.")
    ] = None,
    anchor_date: Annotated[
        datetime | None,
        typer.Option(
            "--anchor-date",
            metavar="TIME",
            parser=datetime.fromisoformat,
            help="Where the interval counts from, in ISO 8601.",
        ),
    ] = None,
    rrule: Annotated[
        str | None, typer.Option("--rrule", metavar="RULE", help="Run it by a recurrence rule.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", metavar="ZONE", help="The zone meant, such as Europe/Kyiv.")
    ] = None,
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
    cron: str | None,
    interval: float | None,
    rrule: str | None,
    anchor_date: datetime | None,
    timezone: str | None,
) -> Any:
    from pacc.schedules import Schedule  # start-up: as above

    given = [
        name
        for name, value in (("cron", cron), ("interval", interval), ("rrule", rrule))
        if value is not None
    ]
    if len(given) > 1:
        raise UsageError(f"--{' and --'.join(given)} exclude each other", hint="pacc flow serve --help")
    if anchor_date is not None and interval is None:
        raise UsageError("--anchor-date goes with --interval", hint="pacc flow serve --help")
    if not given:
        if timezone is not None:
            raise UsageError(
                "--timezone goes with --cron, --interval or --rrule", hint="pacc flow serve --help"
            )
        return None
    anchor: dict[str, Any] = {} if anchor_date is None else {"anchor_date": anchor_date}
    return Schedule(interval=interval, cron=cron, rrule=rrule, timezone=timezone, **anchor)  # type: ignore[arg-type]  # seconds will do
