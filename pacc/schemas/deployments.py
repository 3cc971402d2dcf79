"""A deployment: a flow made ready to be run by other processes, by hand or by schedules."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pacc.schemas.choices import Catchup, Overlap
from pacc.schemas.choices import ConcurrencyLimitStrategy as ConcurrencyLimitStrategy  # noqa: PLC0414 - its old address

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from pacc.schemas.flow_runs import CreatedBy
    from pacc.schemas.schedules import AnySchedule

LONGEST_AHEAD = 50
"""How many runs one schedule may ask to be made ahead."""


class DeploymentStatus(StrEnum):
    """Whether somebody takes the runs of a deployment."""

    READY = "READY"
    NOT_READY = "NOT_READY"
    DISABLED = "DISABLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcurrencyOptions:
    """How a deployment's limit treats the runs that find it reached."""

    collision_strategy: ConcurrencyLimitStrategy = ConcurrencyLimitStrategy.ENQUEUE
    """Wait for a slot, or be cancelled."""
    grace_period_seconds: int | None = None
    """Kept for compatibility: slots of pacc are open runs and need no grace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcurrencyLimitConfig:
    """How many runs of a deployment may be open at once, and what the others do."""

    limit: int
    """So many at once."""
    collision_strategy: ConcurrencyLimitStrategy = ConcurrencyLimitStrategy.ENQUEUE
    """Wait for a slot, or be cancelled."""
    grace_period_seconds: int | None = None
    """Kept for compatibility: slots of pacc are open runs and need no grace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentScheduleCreate:
    """A schedule as somebody wishes a deployment to have it."""

    schedule: AnySchedule
    """When: a cron, interval or rrule schedule."""
    active: bool = True
    """Whether it makes runs."""
    max_scheduled_runs: int | None = None
    """How many runs it makes ahead at most."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of its runs, over those of the deployment."""
    slug: str | None = None
    """A name for it, unique in the deployment."""
    replaces: str | None = None
    """The slug it had before."""
    catchup: Catchup = Catchup.NONE
    """What becomes of occurrences that passed while nobody kept it."""
    overlap: Overlap = Overlap.ALLOW
    """What it does while its run before is still open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentSchedule:
    """A schedule of a deployment."""

    id: UUID
    """The schedule's id."""
    deployment_id: UUID | None = None
    """Whose it is."""
    created: datetime | None = None
    """When it was made."""
    updated: datetime | None = None
    """When its record last changed."""
    schedule: AnySchedule
    """When: a cron, interval or rrule schedule."""
    active: bool = True
    """Whether it makes runs: what somebody last wished."""
    declared_active: bool | None = None
    """What the deployment's code says about that; unset where a person added the schedule."""
    max_scheduled_runs: int | None = None
    """How many runs it makes ahead at most."""
    parameters: dict[str, Any] = field(default_factory=dict)
    """Parameters of its runs, over those of the deployment."""
    slug: str | None = None
    """A name for it, unique in the deployment."""
    catchup: Catchup = Catchup.NONE
    """What becomes of occurrences that passed while nobody kept it."""
    overlap: Overlap = Overlap.ALLOW
    """What it does while its run before is still open."""
    made_until: datetime | None = None
    """Occurrences up to here were made into runs, or passed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentCreate:
    """A deployment as somebody wishes it to be: the names of its flow and its own say which one is meant."""

    name: str
    """Its name, unique among the deployments of the flow."""
    flow_name: str
    """The name of its flow."""
    paused: bool = False
    """Whether its schedules rest."""
    schedules: Sequence[DeploymentScheduleCreate] = ()
    """When it runs by itself."""
    concurrency_limit: int | None = None
    """How many of its runs may be open at once."""
    concurrency_options: ConcurrencyOptions | None = None
    """What the others do meanwhile."""
    enforce_parameter_schema: bool = True
    """Whether runs with parameters that do not fit are refused."""
    parameter_openapi_schema: Mapping[str, Any] | None = None
    """What its parameters may be, as a JSON schema."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """What its runs are given unless they say otherwise."""
    tags: Sequence[str] = ()
    """Tags of it and of its runs."""
    labels: Mapping[str, bool | int | float | str] = field(default_factory=dict)
    """Key-value labels."""
    pull_steps: Sequence[Mapping[str, Any]] | None = None
    """How its code gets to where it runs."""
    work_queue_name: str | None = None
    """The work queue its runs wait in."""
    work_pool_name: str | None = None
    """The work pool of that queue."""
    description: str | None = None
    """What it is for."""
    path: str | None = None
    """The folder its code is in."""
    entrypoint: str | None = None
    """Where its flow is found, e.g. `weather.py:fetch_weather`."""
    job_variables: Mapping[str, Any] = field(default_factory=dict)
    """What the infrastructure of its runs is told."""
    version: str | None = None
    """The version of its code."""
    version_info: Mapping[str, Any] | None = None
    """Where that version comes from."""
    triggers: Sequence[Mapping[str, Any]] = ()
    """Events that start it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentUpdate:
    """What is to change about a deployment; what is unset stays as it is. The fields are those of `DeploymentCreate`."""

    paused: bool | None = None
    """Whether its schedules rest, as a person wishes it."""
    schedules: Sequence[DeploymentScheduleCreate] | None = None
    """When it runs by itself."""
    concurrency_limit: int | None = None
    """How many of its runs may be open at once."""
    concurrency_options: ConcurrencyOptions | None = None
    """What the others do meanwhile."""
    enforce_parameter_schema: bool | None = None
    """Whether runs with parameters that do not fit are refused."""
    parameter_openapi_schema: Mapping[str, Any] | None = None
    """What its parameters may be, as a JSON schema."""
    parameters: Mapping[str, Any] | None = None
    """What its runs are given unless they say otherwise."""
    tags: Sequence[str] | None = None
    """Tags of it and of its runs."""
    pull_steps: Sequence[Mapping[str, Any]] | None = None
    """How its code gets to where it runs."""
    work_queue_name: str | None = None
    """The work queue its runs wait in."""
    work_pool_name: str | None = None
    """The work pool of that queue."""
    description: str | None = None
    """What it is for."""
    path: str | None = None
    """The folder its code is in."""
    entrypoint: str | None = None
    """Where its flow is found."""
    job_variables: Mapping[str, Any] | None = None
    """What the infrastructure of its runs is told."""
    version: str | None = None
    """The version of its code."""
    version_info: Mapping[str, Any] | None = None
    """Where that version comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A flow made ready to be run by other processes."""

    id: UUID
    """The deployment's id."""
    name: str
    """Its name, unique among the deployments of the flow."""
    flow_id: UUID
    """Its flow."""
    flow_name: str
    """The name of its flow."""
    created: datetime | None = None
    """When it was made."""
    updated: datetime | None = None
    """When its record last changed."""
    version: str | None = None
    """The version of its code."""
    version_info: dict[str, Any] | None = None
    """Where that version comes from."""
    description: str | None = None
    """What it is for."""
    paused: bool = False
    """Whether its schedules rest: what somebody last wished."""
    declared_paused: bool = False
    """What the deployment's code says about that."""
    schedules: list[DeploymentSchedule] = field(default_factory=list)
    """When it runs by itself."""
    concurrency_limit: int | None = None
    """How many of its runs may be open at once."""
    concurrency_options: ConcurrencyOptions | None = None
    """What the others do meanwhile."""
    job_variables: dict[str, Any] = field(default_factory=dict)
    """What the infrastructure of its runs is told."""
    parameters: dict[str, Any] = field(default_factory=dict)
    """What its runs are given unless they say otherwise."""
    parameter_openapi_schema: dict[str, Any] | None = None
    """What its parameters may be, as a JSON schema."""
    enforce_parameter_schema: bool = True
    """Whether runs with parameters that do not fit are refused."""
    pull_steps: list[dict[str, Any]] | None = None
    """How its code gets to where it runs."""
    path: str | None = None
    """The folder its code is in."""
    entrypoint: str | None = None
    """Where its flow is found, e.g. `weather.py:fetch_weather`."""
    tags: list[str] = field(default_factory=list)
    """Tags of it and of its runs."""
    labels: dict[str, bool | int | float | str] = field(default_factory=dict)
    """Key-value labels."""
    work_pool_name: str | None = None
    """The work pool its runs wait in; unset where a process serves it."""
    work_queue_name: str | None = None
    """The queue of that pool."""
    triggers: list[dict[str, Any]] = field(default_factory=list)
    """Events that start it."""
    created_by: CreatedBy | None = None
    """Who or what made it."""
    updated_by: CreatedBy | None = None
    """Who or what last changed it."""
    status: DeploymentStatus = DeploymentStatus.NOT_READY
    """Whether somebody takes its runs, at the moment of reading."""
    last_polled: datetime | None = None
    """When a worker last looked for its runs."""

    @property
    def full_name(self) -> str:
        """The names of its flow and its own, as people refer to it: `fetch-weather/deploy-1`."""
        return f"{self.flow_name}/{self.name}"
