"""`pacc global-concurrency-limit update`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.global_concurrency_limit._options import Decay, LimitName, Slots
from pacc.services import concurrency_limits


def command(
    name: LimitName,
    *,
    enable: Annotated[bool, typer.Option("--enable/--no-enable", help="Let it count.")] = False,
    disable: Annotated[bool, typer.Option("--disable/--no-disable", help="Let everyone through.")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", "-l", min=0, metavar="COUNT", help="How many slots there are.")
    ] = None,
    active_slots: Slots = None,
    slot_decay_per_second: Decay = None,
) -> None:
    """Change a concurrency limit; what is not given stays as it is."""
    if enable and disable:
        raise UsageError("a limit cannot be enabled and disabled at once")
    active = enable or None if not disable else False
    if active is None and limit is None and active_slots is None and slot_decay_per_second is None:
        raise UsageError("nothing to change was given", hint="pacc gcl update --help")
    concurrency_limits.update(
        open_for_command(reap=False),
        name,
        limit=limit,
        active=active,
        active_slots=active_slots,
        slot_decay_per_second=slot_decay_per_second,
    )
    terminal.remark(f'Changed the concurrency limit "{name}".')
