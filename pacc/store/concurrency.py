"""Concurrency limits and what is taken of them, from rows to records."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from pacc._internal.clock import to_datetime
from pacc.schemas.concurrency import ConcurrencyLeaseHolder, GlobalConcurrencyLimit, TakenSlots
from pacc.store.columns import moment

if TYPE_CHECKING:
    import sqlite3


def limit_from_row(row: sqlite3.Row, active_slots: int) -> GlobalConcurrencyLimit:
    """Return the record of a limit's row.

    Args:
        row: all columns.
        active_slots: how many slots are taken at this moment.
    """
    return GlobalConcurrencyLimit(
        id=UUID(row["id"]),
        name=row["name"],
        limit=row["slots"],
        created=to_datetime(row["created"]),
        updated=to_datetime(row["updated"]),
        active=bool(row["active"]),
        active_slots=active_slots,
        slot_decay_per_second=row["slot_decay_per_second"],
    )


def slots_from_row(row: sqlite3.Row) -> TakenSlots:
    """Return the record of slots that somebody took."""
    kind = row["holder_type"]
    return TakenSlots(
        lease_id=UUID(row["lease"]),
        slots=row["slots"],
        since=to_datetime(row["since"]),
        holder=None if kind is None else ConcurrencyLeaseHolder(type=kind, id=UUID(row["holder_id"])),
        until=moment(row["until"]),
    )
