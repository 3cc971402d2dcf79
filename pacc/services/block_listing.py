"""Blocks listed, a line each, without opening one."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from pacc.schemas.block_summaries import BlockMention, BlockSummary
from pacc.store.columns import moment

if TYPE_CHECKING:
    import sqlite3

    from pacc.store import Store


def summaries(store: Store, *, slug: str | None = None, limit: int | None = None) -> list[BlockSummary]:
    """Return one line of each block by type and name.

    Args:
        store: where they are kept.
        slug: only those of this type.
        limit: so many at most.
    """
    rows = store.read("blocks.list", {"slug": slug, "limit": -1 if limit is None else limit})
    return [_summary(row) for row in rows]


def count(store: Store) -> int:
    """Return how many blocks there are that somebody named."""
    return int(store.read("blocks.count")[0]["number"])


def users(store: Store, document_id: UUID | str) -> list[BlockSummary]:
    """Return the blocks that a block stands in."""
    return [_summary(row) for row in store.read("blocks.users", {"id": str(document_id)})]


def mentions(store: Store, document_id: UUID | str, slug: str) -> list[BlockMention]:
    """Return the deployments, automations and work pools that name a block: in parameters, job variables, actions and templates.

    Code that loads a block by its name is not seen.

    Args:
        store: where they are kept.
        document_id: the block's id.
        slug: what `Block.load` takes for it, e.g. `secret/key`.
    """
    template = f".blocks.{slug.replace('/', '.')}"
    wanted = {
        "id": str(document_id), "slug": f'"{slug}"',
        "spaced": f"{template} ", "closed": f"{template}}}", "dotted": f"{template}.",
    }  # fmt: skip
    return [BlockMention(row["noun"], row["name"]) for row in store.read("blocks.mentions", wanted)]


def _summary(row: sqlite3.Row) -> BlockSummary:
    return BlockSummary(
        UUID(row["id"]),
        row["type_name"],
        row["type_slug"],
        row["name"],
        moment(row["updated"]),
        _capabilities(row["capabilities"]),
    )


@cache
def _capabilities(text: str) -> tuple[str, ...]:
    """Read a list of them; thousands of blocks have the few that there are."""
    return tuple(json.loads(text))
