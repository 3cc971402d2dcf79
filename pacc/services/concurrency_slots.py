"""Slots of concurrency limits: taken of several limits together or not at all, and given back.

What a process takes is its session's: the moment the process dies its slots count for nothing, so none can leak, and no lease has
to be renewed. For the same reason nobody waits for the disk: after a power cut no process lives that held anything. Slots taken by
other means carry a moment until which they count.
"""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from pacc._internal import clock, sessions
from pacc._internal.ids import new_id
from pacc._internal.jsontext import dumps
from pacc.exceptions import ConcurrencySlotAcquisitionError, StoreReadOnly
from pacc.orchestration.concurrency import Standing, Verdict, judge, level_now
from pacc.schemas.concurrency import ConcurrencyLease, MinimalConcurrencyLimit

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from pacc.schemas.concurrency import ConcurrencyLeaseHolder, Mode
    from pacc.store import Store
    from pacc.store.database import Transaction


class Request(NamedTuple):
    """What somebody asks for."""

    names: tuple[str, ...]
    """The limits; a name that is no limit's is passed over."""
    slots: int = 1
    """Slots of each."""
    mode: Mode = "concurrency"
    """Whether they are given back, or let go by decay alone."""
    holder: ConcurrencyLeaseHolder | None = None
    """The run that asks."""
    seconds: float | None = None
    """How long they count; as long as this process lives where it is `None`."""


class Answer(NamedTuple):
    """What became of a request."""

    lease: ConcurrencyLease | None
    """What was taken; `None` where there was too little room."""
    missing: tuple[str, ...] = ()
    """The names that are no limit's."""
    full: tuple[str, ...] = ()
    """The limits that had too few free slots."""
    retry_after: float | None = None
    """Seconds after which decay has made room; `None` where somebody has to give slots back."""


def acquire(store: Store, request: Request) -> Answer:
    """Take slots of several limits, all of them or none, if there is room now.

    Args:
        store: where the limits are kept.
        request: what is asked for.

    Raises:
        ConcurrencySlotAcquisitionError: it will never be possible.
        StoreError: the store cannot be used.
    """
    names = dumps(sorted(set(request.names)))
    verdict, rows = _look(store, names, request)
    if not verdict.granted and _free_the_dead(store, names):
        verdict, rows = _look(store, names, request)
    found = {row["name"] for row in rows}
    missing = tuple(name for name in request.names if name not in found)
    if not verdict.granted:
        return Answer(None, missing, verdict.full, verdict.seconds)
    lease = new_id()
    session = None if request.seconds is not None else sessions.current(store.home).id
    with store.transaction(lasting=session is None) as changes:
        now = clock.now()
        rows = changes.run("concurrency.standing", {"names": names, "now": now})
        verdict = judge(_standings(rows, now), request.slots, request.mode)
        if verdict.granted:
            for row in rows:
                _take(changes, row, request, lease, session, now)
    if not verdict.granted:
        return Answer(None, missing, verdict.full, verdict.seconds)
    return Answer(ConcurrencyLease(lease_id=UUID(lease), limits=tuple(map(_minimal, rows))), missing)


def release(store: Store, lease: UUID | str) -> int:
    """Give back what was taken with a lease, and return how many slots that were; decaying ones stay as they are."""
    return sum(
        row["slots"] for row in store.write("concurrency.release", {"lease": str(lease)}, lasting=False)
    )


def renew(store: Store, lease: UUID | str, seconds: float) -> bool:
    """Keep what was taken with a lease for so many seconds from now; say whether its time was not over yet."""
    now = clock.now()
    kept = {"lease": str(lease), "now": now, "until": now + int(seconds * 1_000_000)}
    return bool(store.write("concurrency.renew", kept))


def known_limits(store: Store, names: Iterable[str]) -> list[str]:
    """Return which of some names are names of limits; one small query."""
    return [row["name"] for row in store.read("concurrency.known", {"names": dumps(list(names))})]


def free_dead_slots(store: Store) -> None:
    """Give back what dead processes had taken, and what was taken until a moment that is past, of any limit."""
    with suppress(StoreReadOnly):  # who only looks sees them as they are, until somebody else gives them back
        _free_the_dead(store, None)
        if store.read("concurrency.over", {"now": clock.now()}):
            store.write("concurrency.tidy", {"now": clock.now()})


def _look(store: Store, names: str, request: Request) -> tuple[Verdict, Sequence[sqlite3.Row]]:
    now = clock.now()
    rows = store.read("concurrency.standing", {"names": names, "now": now})
    return judge(_standings(rows, now), request.slots, request.mode), rows


def _standings(rows: Iterable[sqlite3.Row], now: int) -> list[Standing]:
    return [
        Standing(
            row["name"], row["slots"], taken(row, now), row["slot_decay_per_second"], bool(row["active"])
        )
        for row in rows
    ]


def taken(row: sqlite3.Row, now: int) -> float:
    """Return how many slots of a limit are taken, from its row with the sum of its slots; a fraction while they decay."""
    decay = row["slot_decay_per_second"]
    return float(row["taken"]) + level_now(row["level"], row["level_time"], decay, now)


def _take(
    changes: Transaction, row: sqlite3.Row, request: Request, lease: str, session: str | None, now: int
) -> None:
    if not row["active"]:
        return
    if row["slot_decay_per_second"] > 0:
        level = level_now(row["level"], row["level_time"], row["slot_decay_per_second"], now)
        changes.run("concurrency.fill", {"limit_id": row["id"], "level": level + request.slots, "now": now})
        return
    holder = request.holder
    changes.run(
        "concurrency.take",
        {
            "limit_id": row["id"],
            "lease": lease,
            "slots": request.slots,
            "now": now,
            "session": session,
            "until": None if request.seconds is None else now + int(request.seconds * 1_000_000),
            "holder_type": holder.type if holder else None,
            "holder_id": str(holder.id) if holder else None,
        },
    )


def _minimal(row: sqlite3.Row) -> MinimalConcurrencyLimit:
    return MinimalConcurrencyLimit(id=UUID(row["id"]), name=row["name"], limit=row["slots"])


def _free_the_dead(store: Store, names: str | None) -> bool:
    """Give back what dead processes had taken, and say whether there was anything."""
    holders = [row["session"] for row in store.read("concurrency.sessions", {"names": names})]
    dead = [session for session in holders if not sessions.is_alive(store.home, session)]
    for session in dead:
        store.write("concurrency.free_session", {"session": session}, lasting=False)
    return bool(dead)


def checked_occupy(slots: int) -> int:
    """Return a number of slots one may ask for.

    Raises:
        ConcurrencySlotAcquisitionError: it is not a whole number above zero.

    >>> checked_occupy(2)
    2
    """
    if not isinstance(slots, int) or slots < 1 or math.isinf(slots):
        raise ConcurrencySlotAcquisitionError(f"`occupy` takes a whole number above zero, not {slots!r}")
    return slots
