"""`pacc deployment backfill`."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pacc._internal.counting import counted
from pacc.cli._arguments import Param, arguments
from pacc.cli._exits import CommandError, ExitCode, UsageError
from pacc.cli._options import Output, past_moment
from pacc.cli._progress import progress
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.deployment._reference import DeploymentReference
from pacc.presentation.backfills import backfill_description
from pacc.schemas.backfills import BackfillMode, BackfillState
from pacc.services import backfills, deployments

if TYPE_CHECKING:
    from pacc.schemas.backfills import Backfill
    from pacc.store import Store

_SHOWN = 20


def command(
    deployment: DeploymentReference,
    *,
    first: Annotated[
        datetime,
        typer.Option(
            "--from", metavar="TIME", parser=past_moment, help='The first time: 2026-11-01, "30 days ago".'
        ),
    ],
    last: Annotated[
        datetime | None,
        typer.Option("--to", metavar="TIME", parser=past_moment, help="The last time; now unless given."),
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="Times that have no run; so unless told otherwise.")
    ] = False,
    failed: Annotated[bool, typer.Option("--failed", help="Times whose last run failed or crashed.")] = False,
    every: Annotated[bool, typer.Option("--all", help="All times.")] = False,
    max_active: Annotated[
        int,
        typer.Option(
            "--max-active", min=1, metavar="COUNT", help="How many of its runs may be open at once."
        ),
    ] = 4,
    param: Param = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list the times.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Show how far it is until it is over.")] = False,
    output: Output = "table",
) -> None:
    """Make the runs that a deployment's schedules would have made between two times, a few at a time."""
    if missing + failed + every > 1:
        raise UsageError("--missing, --failed and --all exclude each other")
    mode = BackfillMode.FAILED if failed else BackfillMode.ALL if every else BackfillMode.MISSING
    store = open_for_command()
    found = deployments.find(store, deployment)
    until = last or datetime.now(UTC)
    if dry_run:
        times = [time for time, _ in backfills.plan(store, found, first, until, mode)]
        _show(times, output)
        return
    made = backfills.create(
        store,
        found,
        first,
        until,
        mode=mode,
        max_active=max_active,
        parameters=arguments(param, None),
    )
    if watch:
        made = _watched(store, made)
    if output == "json":
        terminal.json(made)
    else:
        terminal.description(backfill_description(made, datetime.now(UTC), glyphs=terminal.glyphs), output)
    if not watch:
        terminal.remark(f"See: pacc backfill inspect {made.id}")
    elif made.state is not BackfillState.COMPLETED or set(made.runs) - {"COMPLETED"}:
        raise CommandError(
            "not all runs completed", hint="pacc flow-run ls --tag backfill", code="finished_badly",
            exit_code=ExitCode.FINISHED_BADLY,
        )  # fmt: skip


def _show(times: list[datetime], output: str) -> None:
    if output == "json":
        terminal.json(times)
        return
    shown = times if output == "plain" else times[:_SHOWN]
    terminal.lines(f"{time:%Y-%m-%d %H:%M:%S} UTC" for time in shown)
    more = f", of which {len(times) - len(shown):,} are not shown" if len(times) > len(shown) else ""
    terminal.remark(f"{counted(len(times), 'run')} would be made{more}.")


def _watched(store: Store, made: Backfill) -> Backfill:
    with progress("Backfill") as shown:
        while made.state is BackfillState.RUNNING:
            shown(made.ended, made.total)
            time.sleep(0.2)
            made = backfills.read(store, made.id)
    return made
