"""`pacc worker start`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from pacc.cli._exits import CommandError, UsageError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_pool._options import Template, read_template
from pacc.exceptions import ObjectNotFound
from pacc.schemas.choices import PROCESS
from pacc.services import work_pools
from pacc.settings import get_current_settings
from pacc.workers.types import worker_class

Prefetch = Annotated[
    int | None,
    typer.Option(
        "--prefetch-seconds",
        min=0,
        metavar="SECONDS",
        help="How long before its time a run is claimed and started up, to begin punctually.",
    ),
]

RunOnce = Annotated[
    bool,
    typer.Option("--run-once/--no-run-once", help="Execute what is due now and there is room for, and end."),
]

AtOnce = Annotated[
    int | None,
    typer.Option("--limit", "-l", min=1, metavar="COUNT", help="How many runs to execute at once."),
]


def command(
    *,
    name: Annotated[
        str | None, typer.Option("--name", "-n", metavar="NAME", help="What to call it; made up by default.")
    ] = None,
    pool: Annotated[
        str | None,
        typer.Option("--pool", "-p", metavar="POOL", help="The work pool; that of the settings by default."),
    ] = None,
    work_queue: Annotated[
        list[str] | None,
        typer.Option("--work-queue", "-q", metavar="QUEUE", help="Only this queue of it; repeat for more."),
    ] = None,
    type: Annotated[
        str | None,
        typer.Option(
            "--type", "-t", metavar="TYPE", help="What kind of worker; as the pool says by default."
        ),
    ] = None,
    prefetch_seconds: Prefetch = None,
    run_once: RunOnce = False,
    limit: AtOnce = None,
    with_healthcheck: Annotated[
        bool,
        typer.Option(
            "--with-healthcheck/--no-with-healthcheck",
            help="Answer over HTTP, at /health, whether it looks for runs.",
        ),
    ] = False,
    install_policy: Annotated[
        Literal["always", "if-not-present", "never", "prompt"],
        typer.Option(
            "--install-policy",
            metavar="POLICY",
            case_sensitive=False,
            help="What to say of a type that no installed package brings; pacc itself installs nothing.",
        ),
    ] = "prompt",
    base_job_template: Template = None,
    create_pool_if_not_found: Annotated[
        bool,
        typer.Option(
            "--create-pool-if-not-found/--no-create-pool-if-not-found",
            help="Make the pool if it is not there.",
        ),
    ] = True,
) -> None:
    """Execute the runs of a work pool as they come due, until Ctrl-C: once to drain, twice to terminate, thrice to kill."""
    named = pool or get_current_settings().deployments.default_work_pool_name
    if named is None:
        raise UsageError(
            "--pool is missing, and no default work pool is set", hint="pacc worker start --help"
        )
    kind = type or _type_of(named)
    start_worker(
        _class_of(kind, install_policy),
        work_pool_name=named,
        work_queues=work_queue,
        name=name,
        prefetch_seconds=prefetch_seconds,
        limit=limit,
        base_job_template=read_template(base_job_template),
        create_pool_if_not_found=create_pool_if_not_found,
        run_once=run_once,
        with_healthcheck=with_healthcheck,
    )


def start_worker(kind: Any, *, run_once: bool, with_healthcheck: bool = False, **options: Any) -> None:
    """Start a worker in this process and stay until it has ended.

    Args:
        kind: its class.
        run_once: execute what is due now, and end.
        with_healthcheck: answer over HTTP whether it looks for runs.
        options: what the class takes.
    """
    worker = kind(**options)
    import asyncio  # start-up: help needs none of it

    asyncio.run(worker.start(run_once=run_once, with_healthcheck=with_healthcheck, printer=terminal.remark))


def _class_of(kind: str, install_policy: str) -> Any:
    try:
        return worker_class(kind)
    except ObjectNotFound as error:
        if install_policy == "never":
            raise
        instead = "install the package that brings it, which pacc does not do by itself"
        raise CommandError(str(error), hint=instead, code="object_not_found") from None


def _type_of(pool: str) -> str:
    try:
        return work_pools.read(open_for_command(), pool).type
    except ObjectNotFound:
        return PROCESS
