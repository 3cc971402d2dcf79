"""What a retry of a flow run is going to reuse, and what it is going to run again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun:
    """A task run of an earlier attempt, and what a retry does about its call."""

    task_run_id: UUID
    kept_from: UUID
    """The task run that made the result; an earlier one where this one reused it already."""
    name: str
    state_type: str
    state_name: str
    is_reused: bool
    """Whether its result is reused; its call is run again otherwise."""
    why: str
    """Why it is, or is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPlan:
    """The next attempt of a flow run. What the earlier ones did not come to is run as well, and not in here."""

    flow_run_id: UUID
    name: str
    """The flow run's name."""
    attempt: int
    """The number of the attempt."""
    deployment_id: UUID | None
    """The deployment whose runner takes it; a run of a script is executed by who asks for it."""
    entrypoint: str | None
    """Where the flow of a script is found again."""
    runs: tuple[PlannedRun, ...]
    """What the earlier attempts called, the oldest first."""
