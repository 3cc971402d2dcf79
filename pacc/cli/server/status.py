"""`pacc server status`."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from pacc.cli._exits import CommandError
from pacc.cli._options import Output
from pacc.cli._terminal import terminal
from pacc.loops import server
from pacc.presentation.services import server_description
from pacc.settings import get_current_settings

_LOOK_SECONDS = 0.1


def command(
    *,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until it runs.")] = False,
    timeout: Annotated[
        int,
        typer.Option(
            "--timeout", "-t", min=0, metavar="SECONDS", help="Wait no longer than this; 0 is for ever."
        ),
    ] = 0,
    output: Output = "table",
) -> None:
    """Say whether the server of this home runs; exit 1 where it does not."""
    home = get_current_settings().home
    deadline = time.monotonic() + timeout if timeout else float("inf")
    found = server.running(home)
    while found is None and wait and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
        found = server.running(home)
    if found is None and output == "json":
        terminal.json({"status": "stopped"})
    if found is None:
        raise CommandError("no server runs", hint="pacc server start --background", code="not_running")
    if output == "json":
        terminal.json({"status": "running", **found})
    else:
        terminal.description(server_description(found), output)
