"""`pacc api`: one request to the addresses of Prefect's REST interface, answered in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pacc.cli._exits import CommandError, ExitCode
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli._values import json_object
from pacc.client.rest import answer

Method = Annotated[
    Literal["GET", "POST", "PATCH", "DELETE"],
    typer.Argument(
        metavar="METHOD", case_sensitive=False, help="GET, POST, PATCH or DELETE.", show_default=False
    ),
]
Path_ = Annotated[
    str,
    typer.Argument(
        metavar="PATH", help="The address, such as /flow_runs/filter; /routes lists all.", show_default=False
    ),
]
Data = Annotated[
    str | None,
    typer.Option("--data", metavar="JSON", help="The body: a JSON object, @FILE, or - for standard input."),
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say what was asked, and the status.")]


def command(method: Method, path: Path_, *, data: Data = None, verbose: Verbose = False) -> None:
    """Ask the store as Prefect's REST interface is asked: GET /flow_runs/ID, POST /flow_runs/filter --data '{"limit": 5}'.

    The answer is JSON. What is refused exits with 4, and says why.
    """
    body = {} if data is None else json_object(_body(data), "--data")
    found = answer(open_for_command(), method, path, body)
    if verbose:
        terminal.remark(f"{method} {path}: {found.status}")
    if found.status >= 400:
        raise CommandError(
            found.content["detail"],
            hint="pacc api GET /routes",
            exit_code=ExitCode.REFUSED,
            code=str(found.status),
        )
    if found.content is not None:
        terminal.json(found.content)


def _body(data: str) -> str:
    if data == "-":
        return terminal.input()
    return Path(data[1:]).read_text(encoding="utf-8") if data.startswith("@") else data
