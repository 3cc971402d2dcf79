"""`pacc server start`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

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

Host = Annotated[
    str | None, typer.Option("--host", metavar="ADDRESS", help="The address webhooks are answered at.")
]
Port = Annotated[
    int | None, typer.Option("--port", min=0, max=65535, help="The port; 0 for any that is free.")
]
KeepAliveTimeout = Annotated[
    int | None,
    typer.Option(
        "--keep-alive-timeout",
        min=1,
        metavar="SECONDS",
        help="When a connection that says nothing is closed.",
    ),
]
Http = Annotated[
    bool | None,
    typer.Option(
        "--http/--no-http", help="Answer over HTTP, or never; from the first webhook on unless given."
    ),
]
NoServices = Annotated[bool, typer.Option("--no-services", help="Answer over HTTP alone, and keep no house.")]
Background = Annotated[
    bool, typer.Option("--background/--no-background", "-b", help="Leave it running and return.")
]
Scheduler = Annotated[
    bool | None, typer.Option("--scheduler/--no-scheduler", help="Make the runs of schedules.")
]
LateRuns = Annotated[
    bool | None, typer.Option("--late-runs/--no-late-runs", help="Mark runs that nobody starts as late.")
]
LogLevel = Annotated[
    Literal["debug", "info", "warning", "error", "critical"] | None,
    typer.Option(
        "--log-level", metavar="LEVEL", case_sensitive=False, help="The lowest level that is logged."
    ),
]


class _Asked(NamedTuple):
    """What the command line asks of the server."""

    host: str | None
    port: int | None
    keep_alive_timeout: int | None
    http: bool | None
    no_services: bool
    scheduler: bool | None
    late_runs: bool | None
    log_level: str | None

    def answers_at_once(self) -> bool:
        """Whether it answers over HTTP before there is a webhook."""
        return bool(self.http or self.no_services or self.host is not None or self.port is not None)

    def settings(self) -> dict[Any, Any]:
        """Return the settings that are others for this server."""
        changes = {
            PACC_SERVER_API_HOST: self.host,
            PACC_SERVER_API_PORT: self.port,
            PACC_SERVER_API_KEEPALIVE_TIMEOUT: self.keep_alive_timeout,
            PACC_SERVER_SERVICES_SCHEDULER_ENABLED: self.scheduler,
            PACC_SERVER_SERVICES_LATE_RUNS_ENABLED: self.late_runs,
            PACC_LOGGING_LEVEL: self.log_level and self.log_level.upper(),
        }
        return {setting: value for setting, value in changes.items() if value is not None}

    def options(self) -> list[str]:
        """Return the words that ask the same of another process."""
        words: list[str] = []
        for name, value in self._asdict().items():
            option = name.replace("_", "-")
            if name == "no_services":
                words += [f"--{option}"] if value else []
            elif isinstance(value, bool):
                words.append(f"--{option}" if value else f"--no-{option}")
            elif value is not None:
                words += [f"--{option}", str(value)]
        return words


def command(
    *,
    host: Host = None,
    port: Port = None,
    keep_alive_timeout: KeepAliveTimeout = None,
    http: Http = None,
    no_services: NoServices = False,
    background: Background = False,
    scheduler: Scheduler = None,
    late_runs: LateRuns = None,
    log_level: LogLevel = None,
) -> None:
    """Keep house until Ctrl-C, and answer webhooks: schedules, dead and late runs, automations, old runs.

    The housekeeping needs it not: every process that serves or works does the same; where several could, one does. Webhooks are
    answered by nobody else.
    """
    asked = _Asked(host, port, keep_alive_timeout, http, no_services, scheduler, late_runs, log_level)
    if http is False and asked.answers_at_once():
        raise UsageError(
            "--no-http leaves nothing to answer: leave it out, or --host, --port and --no-services"
        )
    if background:
        _begin_in_background(asked)
    else:
        _keep_house(asked)


def _begin_in_background(asked: _Asked) -> None:
    home = get_current_settings().home
    pid = server.start(home, asked.options())
    does = "answers" if asked.no_services else "keeps house"
    terminal.remark(f"The server {does} in the background, process {pid}.")
    _tell_address((server.running(home) or {}).get("url"))
    terminal.remark("See: pacc server stop")


def _keep_house(asked: _Asked) -> None:
    home = get_current_settings().home
    with temporary_settings(asked.settings()):
        configure()
        server.run(
            open_store(home),
            begun=lambda url: _tell_begun(url, keeps_house=not asked.no_services),
            http=None if asked.http is False else _http(at_once=asked.answers_at_once()),
            housekeeping=not asked.no_services,
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
