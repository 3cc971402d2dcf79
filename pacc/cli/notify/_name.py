"""How a subscription is named on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

SubscriptionName = Annotated[
    str, typer.Argument(metavar="NAME", help="The subscription's name.", show_default=False)
]
