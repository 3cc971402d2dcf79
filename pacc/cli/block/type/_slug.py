"""How a type of block is named on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

TypeSlug = Annotated[
    str, typer.Argument(metavar="TYPE", help='The type, such as "secret".', show_default=False)
]
