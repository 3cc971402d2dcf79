"""How a variable is named on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

VariableName = Annotated[str, typer.Argument(metavar="NAME", help="The variable's name.", show_default=False)]
