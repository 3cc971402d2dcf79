"""How a tag's limit is named on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

Tag = Annotated[str, typer.Argument(metavar="TAG", help="The tag.", show_default=False)]
