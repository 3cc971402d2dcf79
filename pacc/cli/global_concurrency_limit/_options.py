"""What the commands of concurrency limits take."""

from __future__ import annotations

from typing import Annotated

import typer

LimitName = Annotated[str, typer.Argument(metavar="NAME", help="The limit's name.", show_default=False)]

Slots = Annotated[
    int | None, typer.Option("--active-slots", min=0, metavar="COUNT", help="So many slots count as taken.")
]

Decay = Annotated[
    float | None,
    typer.Option(
        "--slot-decay-per-second",
        min=0.0,
        metavar="RATE",
        help="Taken slots that become free in a second by themselves.",
    ),
]
