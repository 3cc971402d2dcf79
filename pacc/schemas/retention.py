"""The record of what a piece of tidying up removed."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """How much was removed because it was old."""

    flow_runs: int = 0
    """Flow runs, those they called included."""
    task_runs: int = 0
    """Task runs."""
    logs: int = 0
    """Log files."""
    results: int = 0
    """Kept results."""
    artifacts: int = 0
    """Artifacts."""
    events: int = 0
    """Events."""

    def __bool__(self) -> bool:
        return any(getattr(self, counted.name) for counted in fields(self))

    def __add__(self, other: Removed) -> Removed:
        return Removed(
            **{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
        )
