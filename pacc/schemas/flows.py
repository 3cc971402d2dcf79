"""A flow as the store knows it: a name that runs are gathered under."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A flow that has been run or deployed at least once."""

    id: UUID
    """The flow's id."""
    name: str
    """Its name, unique in the store."""
    created: datetime | None = None
    """When it was first seen."""
    updated: datetime | None = None
    """When its record last changed."""
    tags: list[str] = field(default_factory=list)
    """Tags people gave it."""
    labels: dict[str, bool | int | float | str] = field(default_factory=dict)
    """Key-value labels."""
