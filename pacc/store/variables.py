"""Variables, from rows to records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc.schemas.variables import Variable
from pacc.store.columns import moment, parsed

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = ("id", "name", "value", "tags", "created", "updated")
"""The columns of a variable in the schema's order."""


def from_row(row: Sequence[Any]) -> Variable:
    """Return the record of a row, all columns in the schema's order."""
    columns = dict(zip(COLUMNS, row, strict=False))  # a newer release may have added some at the end
    return Variable(
        id=UUID(columns["id"]),
        name=columns["name"],
        value=json.loads(columns["value"]),
        tags=parsed(columns["tags"], []),
        created=moment(columns["created"]),
        updated=moment(columns["updated"]),
    )
