"""How a work pool and its properties are named on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from pacc.cli._exits import UsageError, unreadable
from pacc.cli._options import not_here

PoolName = Annotated[
    str,
    typer.Argument(metavar="POOL", help="Its name, its id, or the beginning of either.", show_default=False),
]

Template = Annotated[
    Path | None,
    typer.Option(
        "--base-job-template",
        metavar="FILE",
        help="A JSON file that says what runs are made of; see `get-default-base-job-template`.",
    ),
]

NOTHING_TO_PROVISION = "there is no infrastructure to provision: workers are started on this machine"

Provision = Annotated[
    bool,
    not_here(
        "--provision-infrastructure",
        "--provision-infra",
        why=NOTHING_TO_PROVISION,
        hint="pacc worker start --help",
    ),
]

Hours = Annotated[
    int | None, typer.Option("--hours", "-h", min=1, metavar="HOURS", help="How far to look ahead.")
]


def read_template(file: Path | None) -> Any:
    """Return what a file of JSON says, `None` where none is named.

    Raises:
        UsageError: it cannot be read, or is no JSON.
    """
    if file is None:
        return None
    try:
        return json.loads(file.read_text("utf-8"))
    except OSError as error:
        said = unreadable(str(file), error)
        raise UsageError(str(said), hint=said.hint) from None
    except ValueError as error:
        raise UsageError(f'"{file}" is no JSON: {error}') from None
