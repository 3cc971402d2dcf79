"""How the runs of a deployment went over a stretch of time: how many completed, how long they took, how late they began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Durations of many runs in four numbers."""

    median: timedelta
    p95: timedelta
    """All but one in twenty were no longer."""
    longest: timedelta
    count: int
    """How many runs they are of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsOfStretch:
    """The runs that were due in a stretch of time."""

    since: datetime
    until: datetime
    completed: int
    failed: int
    crashed: int
    cancelled: int
    others: int
    """Those that have not ended."""
    took: Spread | None
    """How long the code of those ran that completed; nothing where none did."""
    late: Spread | None
    """How long after their time those began that began."""

    @property
    def runs(self) -> int:
        """How many there were."""
        return self.completed + self.failed + self.crashed + self.cancelled + self.others

    @property
    def success(self) -> float | None:
        """The share that completed of those that ended by themselves; nothing where none did."""
        ended = self.completed + self.failed + self.crashed
        return self.completed / ended if ended else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentStats:
    """How the runs of a deployment went."""

    deployment_id: UUID
    deployment: str
    """`flow/deployment`."""
    whole: RunsOfStretch
    parts: tuple[RunsOfStretch, ...]
    """The same in equal parts of the stretch."""
