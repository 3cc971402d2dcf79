"""`pacc server start`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from pacc.cli._terminal import terminal
from pacc.logging import configure
from pacc.loops import server
from pacc.settings import (
    PACC_LOGGING_LEVEL,
    PACC_SERVER_SERVICES_LATE_RUNS_ENABLED,
    PACC_SERVER_SERVICES_SCHEDULER_ENABLED,
    get_current_settings,
    temporary_settings,
)
from pacc.store import open_store

Background = Annotated[
    bool, typer.Option("--background/--no-background", "-b", help="Leave it running and return.")
]


def command(
    *,
    background: Background = False,
    scheduler: Annotated[
        bool | None, typer.Option("--scheduler/--no-scheduler", help="Make the runs of schedules.")
    ] = None,
    late_runs: Annotated[
        bool | None, typer.Option("--late-runs/--no-late-runs", help="Mark runs that nobody starts as late.")
    ] = None,
    log_level: Annotated[
        Literal["debug", "info", "warning", "error", "critical"] | None,
        typer.Option(
            "--log-level", metavar="LEVEL", case_sensitive=False, help="The lowest level that is logged."
        ),
    ] = None,
) -> None:
    """Keep house until Ctrl-C: runs of schedules are made, dead and late ones found, old ones deleted.

    Nothing needs it. Every process that serves or works does the same; where several could, one does.
    """
    changes: dict[Any, Any] = {
        PACC_SERVER_SERVICES_SCHEDULER_ENABLED: scheduler,
        PACC_SERVER_SERVICES_LATE_RUNS_ENABLED: late_runs,
        PACC_LOGGING_LEVEL: log_level and log_level.upper(),
    }
    told = {setting: value for setting, value in changes.items() if value is not None}
    home = get_current_settings().home
    if background:
        options = [*_flag("scheduler", scheduler), *_flag("late-runs", late_runs)]
        pid = server.start(home, [*options, *(("--log-level", log_level) if log_level else ())])
        terminal.remark(f"The server keeps house in the background, process {pid}.")
        terminal.remark("See: pacc server stop")
        return
    with temporary_settings(told):
        configure()
        store = open_store(home)
        server.run(store, begun=lambda: terminal.remark(f'Keeping house in "{home}". Ctrl-C ends it.'))
    terminal.remark("The server has ended.")


def _flag(name: str, value: bool | None) -> list[str]:
    return [] if value is None else [f"--{name}" if value else f"--no-{name}"]
