"""One execution of a flow, as everyone but the process that executes it sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from pacc.schemas.states import State, StateType

NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRunPolicy:
    """How a flow run is retried and paused."""

    max_retries: int = 0
    """The older spelling of `retries`."""
    retry_delay_seconds: float = 0
    """The older spelling of `retry_delay`."""
    retries: int | None = None
    """How often the run is tried again after a failure."""
    retry_delay: int | None = None
    """Seconds between two tries."""
    pause_keys: frozenset[str] = frozenset()
    """The pauses that were resumed already."""
    resuming: bool = False
    """Whether the run is on its way back from a pause."""
    retry_type: str | None = None
    """`in_process` while the run's own process waits to retry, `reschedule` where another will."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedBy:
    """Who or what made a run."""

    id: UUID | None = None
    """The maker's id, where it has one."""
    type: str | None = None
    """The kind of maker, e.g. `SCHEDULE`."""
    display_value: str | None = None
    """The maker's name, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRun:
    """One execution of a flow."""

    id: UUID
    """The run's id; ids sort by the time runs were made."""
    name: str
    """A name for people, e.g. `noisy-raccoon`; not unique."""
    flow_id: UUID
    """The flow that is executed."""
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
    deployment_id: UUID | None = None
    """The deployment the run was made from."""
    deployment_version: str | None = None
    """The deployment's version then."""
    work_queue_name: str | None = None
    """The work queue the run waits in."""
    work_queue_id: UUID | None = None
    """That queue's id."""
    work_pool_name: str | None = None
    """The work pool of that queue."""
    work_pool_id: UUID | None = None
    """That pool's id."""
    flow_version: str | None = None
    """The version of the flow's code."""
    parameters: dict[str, Any] = field(default_factory=dict)
    """The arguments, as JSON can say them."""
    idempotency_key: str | None = None
    """A second run of the flow with the same key is not made."""
    context: dict[str, Any] = field(default_factory=dict)
    """Free-form data given when the run was made."""
    empirical_policy: FlowRunPolicy = field(default_factory=FlowRunPolicy)
    """How the run is retried and paused."""
    tags: list[str] = field(default_factory=list)
    """Tags of the run."""
    labels: dict[str, bool | int | float | str] = field(default_factory=dict)
    """Key-value labels."""
    parent_task_run_id: UUID | None = None
    """The task run that stands for this run in its parent flow run."""
    parent_flow_run_id: UUID | None = None
    """The flow run that called this one."""
    root_flow_run_id: UUID | None = None
    """The outermost flow run; the run itself where nothing called it."""
    run_count: int = 0
    """How often the run's code was started."""
    attempt: int = 1
    """How often the run was taken up by a process; a late writer of an older attempt is refused."""
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
    auto_scheduled: bool = False
    """Whether a schedule made it."""
    infrastructure_document_id: UUID | None = None
    """Kept for compatibility; pacc sets none."""
    infrastructure_pid: str | None = None
    """The process that executes it."""
    process: dict[str, Any] | None = None
    """That process more exactly: pid, when it was started, which boot of the machine, which host."""
    created_by: CreatedBy | None = None
    """Who or what made the run."""
    job_variables: dict[str, Any] | None = None
    """What the deployment's infrastructure was told for this run."""
    log_file: str | None = None
    """Where its log lines are kept, below the home of pacc."""
    entrypoint: str | None = None
    """Where the flow's code is found again, e.g. `weather.py:fetch_weather`."""
    usage: dict[str, Any] | None = None
    """What the run's processes used and how they ended: peak memory in bytes, CPU seconds, exit code or signal."""
