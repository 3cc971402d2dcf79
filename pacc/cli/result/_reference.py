"""How a kept result is named on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

ResultReference = Annotated[
    str,
    typer.Argument(metavar="KEY", help="A result's key, or the beginning of one.", show_default=False),
]
