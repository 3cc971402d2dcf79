"""`pacc server start`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from pacc.cli._exits import UsageError
from pacc.cli._terminal import terminal
from pacc.logging import configure
from pacc.loops import server
from pacc.settings import (
    PACC_LOGGING_LEVEL,
    PACC_SERVER_API_HOST,
    PACC_SERVER_API_KEEPALIVE_TIMEOUT,
    PACC_SERVER_API_PORT,
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
    host: Annotated[
        str | None, typer.Option("--host", metavar="ADDRESS", help="The address webhooks are answered at.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="The port; 0 for any that is free.")
    ] = None,
    keep_alive_timeout: Annotated[
        int | None,
        typer.Option(
            "--keep-alive-timeout",
            min=1,
            metavar="SECONDS",
            help="When a connection that says nothing is closed.",
        ),
    ] = None,
    http: Annotated[
        bool | None,
        typer.Option(
            "--http/--no-http", help="Answer over HTTP, or never; from the first webhook on unless given."
        ),
    ] = None,
    no_services: Annotated[
        bool, typer.Option("--no-services", help="Answer over HTTP alone, and keep no house.")
    ] = False,
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
    """Keep house until Ctrl-C, and answer webhooks: schedules, dead and late runs, automations, old runs.

    The housekeeping needs it not: every process that serves or works does the same; where several could, one does. Webhooks are
    answered by nobody else.
    """
    if http is False and (no_services or host is not None or port is not None):
        raise UsageError(
            "--no-http leaves nothing to answer: leave it out, or --host, --port and --no-services"
        )
    changes: dict[Any, Any] = {
        PACC_SERVER_API_HOST: host,
        PACC_SERVER_API_PORT: port,
        PACC_SERVER_API_KEEPALIVE_TIMEOUT: keep_alive_timeout,
        PACC_SERVER_SERVICES_SCHEDULER_ENABLED: scheduler,
        PACC_SERVER_SERVICES_LATE_RUNS_ENABLED: late_runs,
        PACC_LOGGING_LEVEL: log_level and log_level.upper(),
    }
    told = {setting: value for setting, value in changes.items() if value is not None}
    home = get_current_settings().home
    at_once = bool(http or no_services or host is not None or port is not None)
    if background:
        options = [
            *_valued("host", host), *_valued("port", port), *_valued("keep-alive-timeout", keep_alive_timeout),
            *_flag("http", http), *(("--no-services",) if no_services else ()),
            *_flag("scheduler", scheduler), *_flag("late-runs", late_runs), *_valued("log-level", log_level),
        ]  # fmt: skip
        pid = server.start(home, options)
        does = "answers" if no_services else "keeps house"
        terminal.remark(f"The server {does} in the background, process {pid}.")
        _tell_address((server.running(home) or {}).get("url"))
        terminal.remark("See: pacc server stop")
        return
    with temporary_settings(told):
        configure()
        wanted = None if http is False else _http(at_once=at_once)
        server.run(
            open_store(home),
            begun=lambda url: _tell_begun(url, keeps_house=not no_services),
            http=wanted,
            housekeeping=not no_services,
        )
    terminal.remark("The server has ended.")


def _http(*, at_once: bool) -> server.Http:
    api = get_current_settings().server.api
    return server.Http(
        host=api.host,
        port=api.port,
        keep_alive=api.keepalive_timeout,
        hosts=api.allowed_hosts,
        at_once=at_once,
    )


def _tell_begun(url: str | None, *, keeps_house: bool) -> None:
    _tell_address(url)
    does = "Keeping house" if keeps_house else "Keeping no house"
    terminal.remark(f'{does} in "{get_current_settings().home}". Ctrl-C ends it.')


def _tell_address(url: str | None) -> None:
    if url is not None:
        terminal.remark(f"Webhooks are answered at {url}/hooks/...")


def _flag(name: str, value: bool | None) -> list[str]:
    return [] if value is None else [f"--{name}" if value else f"--no-{name}"]


def _valued(name: str, value: object) -> list[str]:
    return [] if value is None else [f"--{name}", str(value)]
