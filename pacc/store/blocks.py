"""Block types, schemas and documents, from rows to records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc.schemas.blocks import BlockDocument, BlockSchema, BlockType
from pacc.store.columns import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

TYPE_COLUMNS = (
    "id", "name", "slug", "logo_url", "documentation_url", "description", "code_example", "is_protected",
    "class_path", "created", "updated",
)  # fmt: skip
"""The columns of a block type in the schema's order."""

SCHEMA_COLUMNS = (
    "id",
    "checksum",
    "fields",
    "block_type_id",
    "capabilities",
    "version",
    "created",
    "updated",
)
"""The columns of a block schema in the schema's order."""

DOCUMENT_COLUMNS = (
    "id", "name", "data", "secrets", "refs", "block_schema_id", "block_type_id", "is_anonymous", "created",
    "updated",
)  # fmt: skip
"""The columns of a block document in the schema's order."""


def type_from_row(row: Sequence[Any]) -> BlockType:
    """Return the record of a block type's row, all columns in the schema's order."""
    columns = dict(zip(TYPE_COLUMNS, row, strict=False))
    return BlockType(
        **{
            **columns,
            "id": UUID(columns["id"]),
            "is_protected": bool(columns["is_protected"]),
            "created": moment(columns["created"]),
            "updated": moment(columns["updated"]),
        }
    )


def schema_from_row(row: Sequence[Any], block_type: BlockType | None = None) -> BlockSchema:
    """Return the record of a block schema's row, all columns in the schema's order."""
    columns = dict(zip(SCHEMA_COLUMNS, row, strict=False))
    return BlockSchema(
        id=UUID(columns["id"]),
        checksum=columns["checksum"],
        fields=json.loads(columns["fields"]),
        block_type_id=UUID(columns["block_type_id"]),
        capabilities=json.loads(columns["capabilities"]),
        version=columns["version"],
        block_type=block_type,
        created=moment(columns["created"]),
        updated=moment(columns["updated"]),
    )


def document_from_row(
    row: Sequence[Any],
    *,
    data: dict[str, Any],
    block_type: BlockType,
    block_schema: BlockSchema | None,
    references: dict[str, dict[str, Any]],
) -> BlockDocument:
    """Return the record of a block document's row, all columns in the schema's order.

    Args:
        row: the row.
        data: what it holds, secrets and blocks inside filled in as far as they are wanted.
        block_type: its type.
        block_schema: its schema.
        references: the saved blocks inside.
    """
    columns = dict(zip(DOCUMENT_COLUMNS, row, strict=False))
    return BlockDocument(
        id=UUID(columns["id"]),
        name=columns["name"],
        data=data,
        block_schema_id=UUID(columns["block_schema_id"]),
        block_type_id=UUID(columns["block_type_id"]),
        block_type_name=block_type.name,
        block_schema=block_schema,
        block_type=block_type,
        block_document_references=references,
        is_anonymous=bool(columns["is_anonymous"]),
        created=moment(columns["created"]),
        updated=moment(columns["updated"]),
    )
