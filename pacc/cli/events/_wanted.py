"""The options by which events are chosen, shared by the commands that show them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from pacc.cli._options import past_moment

Names = Annotated[
    list[str] | None,
    typer.Option(
        "--event",
        "-e",
        metavar="PATTERN",
        help='Only events of this name, or those it matches: "prefect.flow-run.*".',
    ),
]

ResourceIds = Annotated[
    list[str] | None,
    typer.Option(
        "--resource", "-r", metavar="ID", help='Only what happened to this resource: "pacc.flow-run.*".'
    ),
]

Involved = Annotated[
    list[str] | None,
    typer.Option("--related", metavar="ID", help="Only events in which this resource was involved."),
]

Since = Annotated[
    datetime | None,
    typer.Option(
        "--since",
        metavar="TIME",
        parser=past_moment,
        help='Only events since then: "2h", "yesterday", "09:30", 2026-11-20.',
    ),
]

Until = Annotated[
    datetime | None,
    typer.Option("--until", metavar="TIME", parser=past_moment, help="Only events up to then."),
]

Text = Annotated[
    str | None, typer.Option("--search", metavar="WORDS", help="Only events that hold one of these words.")
]
