"""`pacc deployment run`, and `pacc flow-run create`, which is the same."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pacc._internal.spoken_times import start_at as moment_at
from pacc._internal.spoken_times import start_in as moment_in
from pacc.cli._arguments import Param, Params, arguments
from pacc.cli._exits import UsageError
from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli._values import nested_values
from pacc.cli.deployment._reference import DeploymentId, OptionalDeployment, find_named
from pacc.presentation.deployments import new_run_description
from pacc.schemas.deployments import DeploymentStatus
from pacc.services import deployments
from pacc.services.makers import this_person
from pacc.states import Scheduled

if TYPE_CHECKING:
    pass

JobVariable = Annotated[
    list[str] | None,
    typer.Option(
        "--job-variable",
        "-jv",
        metavar="NAME=VALUE",
        help="Something its infrastructure is told: memory=2GiB, env.CITY=Ulm. Repeat for more.",
    ),
]


def command(
    deployment: OptionalDeployment = None,
    *,
    id: DeploymentId = None,
    param: Param = None,
    params: Params = None,
    start_in: Annotated[
        str | None,
        typer.Option("--start-in", metavar="TIME", help='Start after this time: "5 minutes", "2h".'),
    ] = None,
    start_at: Annotated[
        str | None,
        typer.Option(
            "--start-at", metavar="TIME", help='Start then: "18:30", "tomorrow at 9", 2026-11-20T18:30.'
        ),
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", metavar="TAG", help="Give the run this tag; repeat for more.")
    ] = None,
    job_variable: JobVariable = None,
    flow_run_name: Annotated[
        str | None, typer.Option("--flow-run-name", metavar="NAME", help="Give the run this name.")
    ] = None,
    idempotency_key: Annotated[
        str | None,
        typer.Option("--idempotency-key", metavar="KEY", help="Make no second run with the same key."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Follow the run until it ends.")] = False,
    watch_interval: Annotated[
        int | None,
        typer.Option("--watch-interval", min=1, metavar="SECONDS", help="Look for new lines so often."),
    ] = None,
    watch_timeout: Annotated[
        int | None,
        typer.Option("--watch-timeout", min=1, metavar="SECONDS", help="Follow it for so long at most."),
    ] = None,
    output: Output = "table",
) -> None:
    """Start a run of a deployment, now or later. With --watch, fails unless the run completes."""
    if not watch and (watch_interval or watch_timeout):
        raise UsageError("--watch-interval and --watch-timeout go with --watch")
    state = Scheduled(scheduled_time=_start(start_in, start_at))
    given = arguments(param, params)
    store = open_for_command(reap=False)
    found = find_named(store, deployment, id, "pacc deployment run")
    run = deployments.create_run(
        store,
        found.id,
        parameters=given,
        state=state,
        name=flow_run_name,
        tags=tag or (),
        idempotency_key=idempotency_key,
        job_variables=nested_values(job_variable, "--job-variable") if job_variable else None,
        created_by=this_person(),
    )
    if found.status is DeploymentStatus.NOT_READY:
        terminal.remark(f'Nobody takes runs of "{found.full_name}" now; the run waits until somebody does.')
    if watch:
        from pacc.cli.flow_run.watch import follow  # start-up: most runs are not followed

        terminal.remark(f'Started flow run "{run.name}" ({run.id}).')
        follow(store, run, timeout=watch_timeout, interval=watch_interval, output=output)
    elif output == "json":
        terminal.json(run)
    else:
        terminal.description(new_run_description(run, found, datetime.now(UTC)), output)


def _start(start_in: str | None, start_at: str | None) -> datetime | None:
    if start_in is not None and start_at is not None:
        raise UsageError("give --start-in or --start-at, not both")
    now = datetime.now(UTC)
    try:
        if start_in is not None:
            return moment_in(start_in, now)
        return None if start_at is None else moment_at(start_at, now)
    except ValueError as problem:
        option = "--start-in" if start_in is not None else "--start-at"
        raise UsageError(f"{option}: {problem}") from None
