"""The record of a kept result: what was written where, by which run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptResult:
    """A result as the store knows it; the value itself lies in the storage."""

    key: str
    """The name of its file inside the storage."""
    storage: str
    """The folder or URL it lies in."""
    size: int
    """Bytes, as stored."""
    digest: str
    """SHA-256 of the bytes as they were written; others are not loaded."""
    serializer: dict[str, Any]
    """What made the bytes: its `type`, and its options."""
    created: datetime
    """When it was written."""
    expiration: datetime | None = None
    """When it stops counting for caching."""
    flow_run_id: UUID | None = None
    """The flow run it came from."""
    task_run_id: UUID | None = None
    """The task run it came from."""
    run_name: str | None = None
    """The name of the run it came from."""

    @property
    def path(self) -> str:
        """Where it lies."""
        return f"{self.storage}/{self.key}"
