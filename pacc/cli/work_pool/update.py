"""`pacc work-pool update`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pacc.cli._exits import UsageError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_pool._options import PoolName, Template, read_template
from pacc.schemas.work_pools import WorkPoolUpdate
from pacc.services import work_pools


def command(
    name: PoolName,
    *,
    base_job_template: Template = None,
    concurrency_limit: Annotated[
        int | None,
        typer.Option(
            "--concurrency-limit", min=0, metavar="COUNT", help="How many of its runs may be open at once."
        ),
    ] = None,
    description: Annotated[
        str | None, typer.Option("--description", metavar="TEXT", help="What it is for.")
    ] = None,
) -> None:
    """Change a work pool."""
    given: dict[str, Any] = {
        "base_job_template": read_template(base_job_template),
        "concurrency_limit": concurrency_limit,
        "description": description,
    }
    wanted = {field: value for field, value in given.items() if value is not None}
    if not wanted:
        raise UsageError("there is nothing to change", hint="pacc work-pool update --help")
    store = open_for_command(reap=False)
    pool = work_pools.find(store, name)
    work_pools.update(store, pool.name, WorkPoolUpdate(**wanted))
    terminal.remark(f'Changed the work pool "{pool.name}".')
