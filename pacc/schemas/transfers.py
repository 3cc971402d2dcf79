"""What became of a thing that was to go from one store to another."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """How it went."""

    MADE = "made"
    SKIPPED = "skipped"
    """There was one of that name, which stays as it is."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred:
    """One thing, and how it went."""

    noun: str
    """What it is: `block`, `variable`, `work pool`, `work queue`, `concurrency limit`, `deployment`, `automation`."""
    name: str
    """Its name."""
    fate: Fate
    """Whether it is there now."""
    reason: str | None = None
    """Why it failed."""
