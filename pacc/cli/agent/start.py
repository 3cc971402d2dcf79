"""`pacc agent start`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli.worker.start import AtOnce, Prefetch, RunOnce, start_worker
from pacc.schemas.choices import DEFAULT_AGENT_POOL, PROCESS
from pacc.workers.types import worker_class


def command(
    queue: Annotated[
        str | None,
        typer.Argument(metavar="[QUEUE]", help="The queue to look into.", show_default=False),
    ] = None,
    *,
    work_queue: Annotated[
        list[str] | None,
        typer.Option("--work-queue", "-q", metavar="QUEUE", help="A queue to look into; repeat for more."),
    ] = None,
    pool: Annotated[
        str | None,
        typer.Option(
            "--pool", "-p", metavar="POOL", help="The work pool of the queues; that of agents by default."
        ),
    ] = None,
    prefetch_seconds: Prefetch = None,
    run_once: RunOnce = False,
    limit: AtOnce = None,
) -> None:
    """Execute the runs of work queues as they come due, until Ctrl-C. A queue that is not there is made."""
    queues = [*([queue] if queue else []), *(work_queue or ())]
    if not queues and pool is None:
        raise UsageError("name a work queue, or give --pool", hint="pacc agent start --help")
    start_worker(
        worker_class(PROCESS),
        work_pool_name=pool or DEFAULT_AGENT_POOL,
        work_queues=queues or None,
        prefetch_seconds=prefetch_seconds,
        limit=limit,
        run_once=run_once,
    )
