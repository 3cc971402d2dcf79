"""The record of a lease: which process does a piece of housekeeping, and how that goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A piece of housekeeping in the hands of one process."""

    name: str
    """The piece of housekeeping, e.g. `scheduler`."""
    since: datetime
    """Since when the process does it."""
    process: dict[str, Any]
    """What names the process: pid, when it was started, boot, host, command."""
    failures: int = 0
    """How often it failed in these hands."""
    failed: datetime | None = None
    """When it failed last."""
    error: str | None = None
    """What went wrong then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A loop of the housekeeping, and who does it now."""

    name: str
    """What it is called."""
    meaning: str
    """What it does, in one line."""
    enabled: bool
    """Whether the settings want it."""
    lease: Lease | None = None
    """Who does it; unset where nobody does at this moment."""
