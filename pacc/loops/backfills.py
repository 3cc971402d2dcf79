"""One tick of carrying backfills on: as runs of theirs end, the next ones are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.loops.loop import Loop
from pacc.services import backfills

if TYPE_CHECKING:
    from pacc.store import Store


def tick(store: Store, now: int) -> int | None:
    """Make the next runs of all backfills; that a run ends is what brings the next tick.

    Raises:
        StoreError: the store cannot be used; the next tick tries again.
    """
    del now
    backfills.carry_on(store)
    return None


LOOP = Loop(
    name="backfills", meaning="Make the runs of backfills, a few at a time.", tick=tick, every=30.0,
    apart=lambda _: 0.1,
)  # fmt: skip
