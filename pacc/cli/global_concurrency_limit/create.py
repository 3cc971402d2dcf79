"""`pacc global-concurrency-limit create`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc._internal.counting import counted
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.global_concurrency_limit._options import Decay, LimitName, Slots
from pacc.services import concurrency_limits


def command(
    name: LimitName,
    *,
    limit: Annotated[
        int, typer.Option("--limit", "-l", min=0, metavar="COUNT", help="How many slots there are.")
    ],
    disable: Annotated[
        bool, typer.Option("--disable/--no-disable", help="Let everyone through until it is enabled.")
    ] = False,
    active_slots: Slots = None,
    slot_decay_per_second: Decay = None,
) -> None:
    """Make a concurrency limit; code asks for its slots with `concurrency("NAME")` or `rate_limit("NAME")`."""
    made = concurrency_limits.put(
        open_for_command(reap=False),
        name,
        limit,
        active=not disable,
        active_slots=active_slots or 0,
        slot_decay_per_second=slot_decay_per_second or 0.0,
    )
    terminal.remark(f'Made the concurrency limit "{made.name}" of {counted(made.limit, "slot")}.')
