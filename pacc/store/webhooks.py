"""Webhooks, from rows to records."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from pacc._internal.clock import to_datetime
from pacc.schemas.webhooks import Webhook
from pacc.store.columns import moment

if TYPE_CHECKING:
    import sqlite3


def from_row(row: sqlite3.Row) -> Webhook:
    """Return the record of a webhook."""
    return Webhook(
        id=UUID(row["id"]),
        name=row["name"],
        created=to_datetime(row["created"]),
        updated=to_datetime(row["updated"]),
        description=row["description"],
        enabled=bool(row["enabled"]),
        slug=row["slug"],
        template=row["template"],
        authentication=row["authentication"],
        received=row["received"],
        refused=row["refused"],
        last_received=moment(row["last_received"]),
        last_refused=moment(row["last_refused"]),
        refusal=row["refusal"],
    )
