"""How a backfill is named on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

BackfillReference = Annotated[
    str, typer.Argument(metavar="BACKFILL", help="Its id, the beginning of it, or @last.", show_default=False)
]
