"""Artifacts, from rows to records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal.clock import to_datetime
from pacc.schemas.artifacts import Artifact
from pacc.store.columns import identity, parsed

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = (
    "id", "created", "updated", "key", "type", "description", "data", "metadata", "flow_run_id", "task_run_id",
)  # fmt: skip
"""The columns of an artifact in the schema's order; a test compares them with the schema."""


def from_row(row: Sequence[Any]) -> Artifact:
    """Return the record of a row, all columns in the schema's order."""
    columns = dict(zip(COLUMNS, row, strict=False))
    return Artifact(
        id=UUID(columns["id"]),
        created=to_datetime(columns["created"]),
        updated=to_datetime(columns["updated"]),
        key=columns["key"],
        type=columns["type"],
        description=columns["description"],
        data=parsed(columns["data"], None),
        metadata_=parsed(columns["metadata"], None),
        flow_run_id=identity(columns["flow_run_id"]),
        task_run_id=identity(columns["task_run_id"]),
    )
