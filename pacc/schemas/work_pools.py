"""Work pools, their queues and their workers: where runs wait that no process serves by itself, and who takes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pacc.schemas.choices import PROCESS
from pacc.schemas.variables import UNCHANGED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from pacc.schemas.flow_runs import FlowRun


class WorkPoolStatus(StrEnum):
    """Whether somebody takes the runs of a pool."""

    READY = "READY"
    NOT_READY = "NOT_READY"
    PAUSED = "PAUSED"


class WorkQueueStatus(StrEnum):
    """Whether somebody takes the runs of a queue."""

    READY = "READY"
    NOT_READY = "NOT_READY"
    PAUSED = "PAUSED"


class WorkerStatus(StrEnum):
    """Whether a worker lives."""

    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPool:
    """Where runs wait for workers of one type."""

    id: UUID
    """The pool's id."""
    name: str
    """Its name, unique among pools."""
    created: datetime | None = None
    """When it was made."""
    updated: datetime | None = None
    """When its record last changed."""
    description: str | None = None
    """What it is for."""
    type: str
    """What kind of worker takes its runs, e.g. `process`."""
    base_job_template: dict[str, Any] = field(default_factory=dict)
    """What a run's infrastructure is made of: a `job_configuration` with places for `variables`, and their schema."""
    is_paused: bool = False
    """Whether its runs wait although there are workers."""
    concurrency_limit: int | None = None
    """How many of its runs may be open at once."""
    status: WorkPoolStatus = WorkPoolStatus.NOT_READY
    """Whether somebody takes its runs, at the moment of reading."""
    active_slots: int = 0
    """How many of its runs were open then."""
    default_queue_id: UUID | None = None
    """The queue of runs that name none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkQueue:
    """One of the queues of a pool: its runs go before those of queues with a higher number."""

    id: UUID
    """The queue's id."""
    name: str
    """Its name, unique in the pool."""
    created: datetime | None = None
    """When it was made."""
    updated: datetime | None = None
    """When its record last changed."""
    description: str = ""
    """What it is for."""
    is_paused: bool = False
    """Whether its runs wait although there are workers."""
    concurrency_limit: int | None = None
    """How many of its runs may be open at once."""
    priority: int = 1
    """Its place: 1 goes first."""
    work_pool_id: UUID
    """The pool it is in."""
    work_pool_name: str
    """That pool's name."""
    last_polled: datetime | None = None
    """When a worker last said that it looks into it."""
    status: WorkQueueStatus = WorkQueueStatus.NOT_READY
    """Whether somebody takes its runs, at the moment of reading."""
    active_slots: int = 0
    """How many of its runs were open then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process that takes the runs of a pool."""

    id: UUID
    """The worker's id."""
    name: str
    """Its name, unique in the pool."""
    created: datetime | None = None
    """When it first came."""
    updated: datetime | None = None
    """When its record last changed."""
    work_pool_id: UUID
    """Its pool."""
    last_heartbeat_time: datetime | None = None
    """When it last said that it is there."""
    heartbeat_interval_seconds: int | None = None
    """How often it says so."""
    status: WorkerStatus = WorkerStatus.OFFLINE
    """Whether it lives, at the moment of reading."""
    work_queues: list[str] | None = None
    """The queues it looks into; unset where it looks into all."""
    process: dict[str, Any] = field(default_factory=dict)
    """What names its process: pid, when it was started, boot, host, command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPoolCreate:
    """A pool as somebody wishes it to be."""

    name: str
    """Its name."""
    description: str | None = None
    """What it is for."""
    type: str = PROCESS
    """What kind of worker takes its runs."""
    base_job_template: Mapping[str, Any] = field(default_factory=dict)
    """What a run's infrastructure is made of; that of its type where it is empty."""
    is_paused: bool = False
    """Whether its runs wait although there are workers."""
    concurrency_limit: int | None = None
    """How many of its runs may be open at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPoolUpdate:
    """What is to change about a pool."""

    description: str | None = UNCHANGED
    """What it is for."""
    is_paused: bool = UNCHANGED
    """Whether its runs wait although there are workers."""
    base_job_template: Mapping[str, Any] = UNCHANGED
    """What a run's infrastructure is made of."""
    concurrency_limit: int | None = UNCHANGED
    """How many of its runs may be open at once; `None` for any number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkQueueCreate:
    """A queue as somebody wishes it to be."""

    name: str
    """Its name."""
    description: str | None = None
    """What it is for."""
    is_paused: bool = False
    """Whether its runs wait although there are workers."""
    concurrency_limit: int | None = None
    """How many of its runs may be open at once."""
    priority: int | None = None
    """Its place; behind the others by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkQueueUpdate:
    """What is to change about a queue."""

    name: str = UNCHANGED
    """Its name."""
    description: str | None = UNCHANGED
    """What it is for."""
    is_paused: bool = UNCHANGED
    """Whether its runs wait although there are workers."""
    concurrency_limit: int | None = UNCHANGED
    """How many of its runs may be open at once; `None` for any number."""
    priority: int = UNCHANGED
    """Its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRunSlotSummary:
    """A run that takes a place of a limit."""

    id: UUID
    """The run."""
    name: str
    """Its name."""
    state_name: str
    """Where it stands."""
    since: datetime
    """Since when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkQueueConcurrencyStatus:
    """Who takes the places of a queue."""

    queue_id: UUID
    """The queue."""
    queue_name: str
    """Its name."""
    active_slots: int
    """How many places are taken."""
    concurrency_limit: int | None = None
    """How many there are; unset for any number."""
    flow_runs: list[FlowRunSlotSummary] = field(default_factory=list)
    """The runs that take them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPoolConcurrencyStatus:
    """Who takes the places of a pool."""

    active_slots: int
    """How many places are taken."""
    concurrency_limit: int | None = None
    """How many there are; unset for any number."""
    queues: list[WorkQueueConcurrencyStatus] = field(default_factory=list)
    """The same for each of its queues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkQueueHealthPolicy:
    """When a queue counts as healthy."""

    maximum_late_runs: int | None = 0
    """So many late runs at most."""
    maximum_seconds_since_last_polled: int | None = 60
    """Somebody looked into it within so many seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkQueueStatusDetail:
    """Whether a queue is healthy, and what that is judged by."""

    healthy: bool
    """Whether it is."""
    late_runs_count: int = 0
    """How many of its runs are late."""
    last_polled: datetime | None = None
    """When somebody last looked into it."""
    health_check_policy: WorkQueueHealthPolicy
    """What that is compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerFlowRunResponse:
    """A run that waits for a worker, and where."""

    work_pool_id: UUID
    """The pool."""
    work_queue_id: UUID
    """The queue."""
    flow_run: FlowRun
    """The run."""
