"""Assets, from rows to records."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from pacc._internal.clock import to_datetime
from pacc.schemas.assets import AssetProperties, Materialization, StoredAsset
from pacc.store.columns import identity, moment, parsed

if TYPE_CHECKING:
    import sqlite3


def asset_from_row(row: sqlite3.Row) -> StoredAsset:
    """Return the record of an asset's row, all columns."""
    told = AssetProperties(
        name=row["name"],
        url=row["url"],
        description=row["description"],
        owners=parsed(row["owners"], None),
    )
    return StoredAsset(
        key=row["key"],
        properties=told,
        created=to_datetime(row["created"]),
        updated=to_datetime(row["updated"]),
        last_succeeded=moment(row["last_succeeded"]),
        last_failed=moment(row["last_failed"]),
    )


def materialization_from_row(row: sqlite3.Row) -> Materialization:
    """Return the record of one time an asset was made anew, all columns."""
    return Materialization(
        id=UUID(row["id"]),
        asset_key=row["asset_key"],
        occurred=to_datetime(row["occurred"]),
        succeeded=bool(row["succeeded"]),
        materialized_by=row["materialized_by"],
        upstream=tuple(parsed(row["upstream"], ())),
        metadata=parsed(row["metadata"], None),
        flow_run_id=identity(row["flow_run_id"]),
        task_run_id=identity(row["task_run_id"]),
        run_name=row["run_name"],
    )
