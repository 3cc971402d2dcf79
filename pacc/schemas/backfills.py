"""Backfills: runs of a deployment for times that lie in the past, made a few at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class BackfillMode(StrEnum):
    """For which times runs are made."""

    MISSING = "missing"
    """Those that have no run."""
    FAILED = "failed"
    """Those whose last run failed or crashed."""
    ALL = "all"
    """All of them."""


class BackfillState(StrEnum):
    """How far a backfill is."""

    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """A backfill, and how far it is."""

    id: UUID
    """Its id."""
    deployment_id: UUID
    """The deployment whose runs it makes."""
    deployment_name: str
    """The deployment's name, with its flow's."""
    created: datetime
    """When it was asked for."""
    updated: datetime
    """When it last made runs."""
    first: datetime
    """The first moment it looks at."""
    last: datetime
    """The last moment it looks at."""
    mode: BackfillMode
    """For which times it makes runs."""
    max_active: int
    """How many of its runs may be open at once."""
    parameters: dict[str, Any] = field(default_factory=dict)
    """What its runs are given over what the deployment and the schedule say."""
    total: int = 0
    """How many runs it makes."""
    made: int = 0
    """How many it has made."""
    runs: dict[str, int] = field(default_factory=dict)
    """How many of those are in each type of state."""
    state: BackfillState = BackfillState.RUNNING
    """Whether it is over."""

    @property
    def ended(self) -> int:
        """How many of its runs have ended, well or not."""
        over = ("COMPLETED", "FAILED", "CANCELLED", "CRASHED")
        return sum(number for state, number in self.runs.items() if state in over)
