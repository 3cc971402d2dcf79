"""How an asset is named on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

AssetKey = Annotated[
    str, typer.Argument(metavar="KEY", help='Its key, as in "s3://bucket/rows.csv".', show_default=False)
]
