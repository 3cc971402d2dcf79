"""Options that mean the same in every command that has them."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._terminal import OutputFormat

Output = Annotated[
    OutputFormat,
    typer.Option(
        "--output",
        "-o",
        case_sensitive=False,
        help="A table for people, json with every field, or plain tab-separated lines.",
    ),
]

Limit = Annotated[int, typer.Option("--limit", min=1, help="Show at most this many.")]

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
