"""Records of kept results, from rows to records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pacc._internal.clock import to_datetime
from pacc.schemas.results import KeptResult
from pacc.store.columns import identity, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = (
    "storage", "key", "digest", "size", "serializer", "created", "expiration", "flow_run_id", "task_run_id",
    "run_name",
)  # fmt: skip
"""The columns of a result in the schema's order; a test compares them with the schema."""


def from_row(row: Sequence[Any]) -> KeptResult:
    """Return the record of a row, all columns in the schema's order."""
    columns = dict(zip(COLUMNS, row, strict=False))
    return KeptResult(
        key=columns["key"],
        storage=columns["storage"],
        size=columns["size"],
        digest=columns["digest"],
        serializer=json.loads(columns["serializer"]),
        created=to_datetime(columns["created"]),
        expiration=moment(columns["expiration"]),
        flow_run_id=identity(columns["flow_run_id"]),
        task_run_id=identity(columns["task_run_id"]),
        run_name=columns["run_name"],
    )
