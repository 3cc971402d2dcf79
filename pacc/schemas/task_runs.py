"""One call of a task, as everyone but the process that makes it sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pacc.schemas.flow_runs import NO_TIME

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID

    from pacc.schemas.states import State, StateType


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRunPolicy:
    """How a task run is retried."""

    max_retries: int = 0
    """The older spelling of `retries`."""
    retry_delay_seconds: float = 0
    """The older spelling of `retry_delay`."""
    retries: int | None = None
    """How often the run is tried again after a failure."""
    retry_delay: float | list[float] | None = None
    """Seconds before each retry; the last value repeats."""
    retry_jitter_factor: float | None = None
    """How far a delay may be stretched at random."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRun:
    """One call of a task, with all its retries."""

    id: UUID
    """The run's id; ids sort by the time runs were made."""
    name: str
    """A name for people, e.g. `fetch_weather-817`."""
    task_key: str
    """The task that is called: its function's name and a digest of its code."""
    dynamic_key: str
    """Tells this call from other calls of the task in the same flow run."""
    flow_run_id: UUID | None = None
    """The flow run it was called in."""
    created: datetime | None = None
    """When the run was made."""
    updated: datetime | None = None
    """When the record last changed."""
    state: State[Any] | None = None
    """Where the run stands."""
    state_id: UUID | None = None
    """The id of that state."""
    state_type: StateType | None = None
    """The type of that state."""
    state_name: str | None = None
    """The name of that state."""
    cache_key: str | None = None
    """The key its result is cached under."""
    cache_expiration: datetime | None = None
    """When that record stops counting."""
    task_version: str | None = None
    """The version of the task's code."""
    empirical_policy: TaskRunPolicy = field(default_factory=TaskRunPolicy)
    """How the run is retried."""
    tags: list[str] = field(default_factory=list)
    """Tags of the run."""
    labels: dict[str, bool | int | float | str] = field(default_factory=dict)
    """Key-value labels."""
    task_inputs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """For each parameter the runs, parameters or constants its argument came from, e.g. `{"input_type": "task_run", "id": ...}`."""
    run_count: int = 0
    """How often the run's code was started."""
    flow_run_run_count: int = 0
    """The flow run's `run_count` when this run was made."""
    attempt: int = 1
    """How often the run was taken up by a process."""
    expected_start_time: datetime | None = None
    """When the run should have started first."""
    next_scheduled_start_time: datetime | None = None
    """When it is due next; unset unless it waits."""
    start_time: datetime | None = None
    """When its code first ran."""
    end_time: datetime | None = None
    """When it ended."""
    total_run_time: timedelta = NO_TIME
    """How long its code ran, all attempts together, as far as they are over."""
    estimated_run_time: timedelta = NO_TIME
    """`total_run_time` and the time since it last started, at the moment of reading."""
    estimated_start_time_delta: timedelta = NO_TIME
    """How much later than expected it started, at the moment of reading."""
