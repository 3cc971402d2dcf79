"""`pacc db prune`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from pacc._internal import clock
from pacc._internal.counting import counted
from pacc._internal.sizes import size
from pacc.cli._exits import CommandError
from pacc.cli._options import Yes, past_moment
from pacc.cli._progress import progress
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.loops.retention import prune
from pacc.schemas.retention import Removed
from pacc.services import store_care
from pacc.settings import get_current_settings, temporary_settings

_OF_THE_SETTINGS = "PACC_RETENTION_FLOW_RUNS"


def command(
    *,
    before: Annotated[
        datetime | None,
        typer.Option(
            "--before",
            metavar="TIME",
            parser=past_moment,
            help='What ended before: "30 days ago", 2026-10-01. By default as long ago as PACC_RETENTION_FLOW_RUNS says.',
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how much it would be.")] = False,
    yes: Yes = False,
) -> None:
    """Delete runs that ended long ago, with their task runs, logs and results, now and not when retention comes by."""
    now = datetime.now(UTC)
    age = get_current_settings().retention.flow_runs if before is None else now - before
    store = open_for_command()
    flow_runs, task_runs = store_care.old_runs(store, clock.from_datetime(now - age))
    told = f"{counted(flow_runs, 'flow run')} and {counted(task_runs, 'lone task run')} that ended before {_day(now, age)}"
    if dry_run:
        freed = size(store_care.old_logs_size(store, clock.from_datetime(now - age)))
        terminal.line(f"{told} would be deleted, and {freed} of logs with them")
        return
    if (flow_runs or task_runs) and not yes and not terminal.confirm(f"Delete {told}?"):
        raise CommandError("nothing was deleted", code="declined")
    removed = Removed()
    with progress("Deleting runs") as shown, temporary_settings({_OF_THE_SETTINGS: age.total_seconds()}):
        while piece := prune(store, clock.from_datetime(now)):
            removed += piece
            shown(removed.flow_runs, max(flow_runs, removed.flow_runs))
    terminal.remark(
        f"Deleted {counted(removed.flow_runs, 'flow run')}, {counted(removed.task_runs, 'task run')}, "
        f"{counted(removed.logs, 'log file')} and {counted(removed.results, 'result')}."
    )


def _day(now: datetime, age: timedelta) -> str:
    return (now - age).astimezone().strftime("%Y-%m-%d %H:%M")
