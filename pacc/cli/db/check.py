"""`pacc db check`."""

from __future__ import annotations

from pacc.cli._exits import CommandError, ExitCode
from pacc.cli._options import Output
from pacc.cli._progress import progress
from pacc.cli._terminal import terminal
from pacc.presentation.health import health_table
from pacc.services import health
from pacc.settings import get_current_settings


def command(*, output: Output = "table") -> None:
    """Read every page of the store and compare every index; exit 3 where something is wrong."""
    with progress("Reading the store") as shown:
        found = health.examine_store(get_current_settings().home, on_progress=shown)
    if output == "json":
        terminal.json(found)
    else:
        terminal.table(health_table(found), output)
    problems = [finding for finding in found if finding.level == "problem"]
    if problems:
        raise CommandError(
            problems[0].message, hint=problems[0].hint, code="finished_badly",
            exit_code=ExitCode.FINISHED_BADLY,
        )  # fmt: skip
