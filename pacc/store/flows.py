"""Flows, from rows to records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc.schemas.flows import Flow
from pacc.store.columns import moment, parsed

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = ("id", "name", "created", "updated", "tags", "labels")
"""The columns of a flow in the schema's order."""


def from_row(row: Sequence[Any]) -> Flow:
    """Return the record of a row, all columns in the schema's order."""
    columns = dict(zip(COLUMNS, row, strict=False))  # a newer release may have added some at the end
    return Flow(
        id=UUID(columns["id"]),
        name=columns["name"],
        created=moment(columns["created"]),
        updated=moment(columns["updated"]),
        tags=parsed(columns["tags"], []),
        labels=parsed(columns["labels"], {}),
    )
