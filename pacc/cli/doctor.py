"""`pacc doctor`."""

from __future__ import annotations

from pacc.cli._exits import CommandError, ExitCode
from pacc.cli._options import Output
from pacc.cli._terminal import terminal
from pacc.presentation.health import health_table
from pacc.services import health
from pacc.settings import get_current_settings


def command(*, output: Output = "table") -> None:
    """Look the store and the home over; exit 3 where something is wrong."""
    found = health.examine(get_current_settings().home)
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
