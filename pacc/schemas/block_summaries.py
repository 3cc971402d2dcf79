"""One line of a listing of blocks. Apart from `pacc.schemas.blocks`, so that listing thousands loads next to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class BlockMention(NamedTuple):
    """Something else that names a block."""

    noun: str
    """`deployment`, `automation` or `work pool`."""
    name: str
    """Its name."""


class BlockSummary(NamedTuple):
    """One line of a listing of documents: what tells it from others, none of what it holds."""

    id: UUID
    """The document's id."""
    type_name: str
    """Its type's name."""
    type_slug: str
    """Its type's slug."""
    name: str
    """Its name."""
    updated: datetime | None
    """When it was last saved."""
    capabilities: tuple[str, ...] = ()
    """What it can do, such as `notify`."""

    @property
    def slug(self) -> str:
        """What `Block.load` takes."""
        return f"{self.type_slug}/{self.name}"
