"""`pacc doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import CommandError, ExitCode
from pacc.cli._options import Output
from pacc.cli._progress import progress
from pacc.cli._terminal import terminal
from pacc.presentation.health import health_table
from pacc.services import health
from pacc.settings import get_current_settings


def command(
    *,
    deep: Annotated[
        bool, typer.Option("--deep", help="Read every page of the store, also of one beyond 64 MB.")
    ] = False,
    output: Output = "table",
) -> None:
    """Look the store and the home over; exit 3 where something is wrong.

    Of a large store only what is soon seen: whether it opens, what rows point to, the newest runs; with --deep all of it.
    """
    with progress("Looking over the store") as shown:
        found = health.examine(get_current_settings().home, deep=deep, on_progress=shown)
    if output == "json":
        terminal.json(found)
    else:
        terminal.table(health_table(found), output)
    problems = [finding for finding in found if finding.level == "problem"]
    if problems:
        raise CommandError(
            problems[0].message,
            hint=problems[0].hint,
            code="finished_badly",
            exit_code=ExitCode.FINISHED_BADLY,
        )
