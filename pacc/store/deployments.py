"""Deployments and their schedules, from rows to records and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal.jsontext import dumps
from pacc.schemas.deployments import (
    ConcurrencyLimitStrategy,
    ConcurrencyOptions,
    Deployment,
    DeploymentSchedule,
    DeploymentStatus,
)
from pacc.schemas.schedules import Catchup, Overlap, schedule_as_json, schedule_from_json
from pacc.store.columns import moment, parsed
from pacc.store.flow_runs import created_by

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pacc.schemas.schedules import AnySchedule

COLUMNS = (
    "id", "flow_id", "name", "created", "updated", "version", "version_info", "description", "paused",
    "declared_paused", "paused_at_shutdown", "tags", "labels", "parameters", "parameter_openapi_schema",
    "enforce_parameter_schema", "entrypoint", "path", "pull_steps", "work_pool_name", "work_queue_name",
    "job_variables", "concurrency_limit", "concurrency_options", "triggers", "created_by", "updated_by",
)  # fmt: skip
"""The columns of a deployment in the schema's order."""

SCHEDULE_COLUMNS = (
    "id", "deployment_id", "created", "updated", "schedule", "active", "declared_active", "slug", "parameters",
    "max_scheduled_runs", "catchup", "overlap", "made_until", "look_at",
)  # fmt: skip
"""The columns of a schedule in the schema's order."""


def from_row(
    row: Sequence[Any],
    *,
    flow_name: str,
    schedules: Sequence[DeploymentSchedule] = (),
    status: DeploymentStatus = DeploymentStatus.NOT_READY,
    last_polled: datetime | None = None,
) -> Deployment:
    """Return the record of a row, all columns in the schema's order, with what other tables know of it."""
    columns = dict(zip(COLUMNS, row, strict=False))  # a newer release may have added some at the end
    return Deployment(
        id=UUID(columns["id"]),
        name=columns["name"],
        flow_id=UUID(columns["flow_id"]),
        flow_name=flow_name,
        created=moment(columns["created"]),
        updated=moment(columns["updated"]),
        version=columns["version"],
        version_info=parsed(columns["version_info"], None),
        description=columns["description"],
        paused=bool(columns["paused"]),
        declared_paused=bool(columns["declared_paused"]),
        schedules=list(schedules),
        concurrency_limit=columns["concurrency_limit"],
        concurrency_options=_options(columns["concurrency_options"]),
        job_variables=parsed(columns["job_variables"], {}),
        parameters=parsed(columns["parameters"], {}),
        parameter_openapi_schema=parsed(columns["parameter_openapi_schema"], None),
        enforce_parameter_schema=bool(columns["enforce_parameter_schema"]),
        pull_steps=parsed(columns["pull_steps"], None),
        path=columns["path"],
        entrypoint=columns["entrypoint"],
        tags=parsed(columns["tags"], []),
        labels=parsed(columns["labels"], {}),
        work_pool_name=columns["work_pool_name"],
        work_queue_name=columns["work_queue_name"],
        triggers=parsed(columns["triggers"], []),
        created_by=created_by(columns["created_by"]),
        updated_by=created_by(columns["updated_by"]),
        status=status,
        last_polled=last_polled,
    )


def schedule_from_row(row: Sequence[Any]) -> DeploymentSchedule:
    """Return the record of a schedule's row, all columns in the schema's order."""
    columns = dict(zip(SCHEDULE_COLUMNS, row, strict=False))
    declared = columns["declared_active"]
    return DeploymentSchedule(
        id=UUID(columns["id"]),
        deployment_id=UUID(columns["deployment_id"]),
        created=moment(columns["created"]),
        updated=moment(columns["updated"]),
        schedule=schedule_from_json(parsed(columns["schedule"], {}), checked=False),
        active=bool(columns["active"]),
        declared_active=None if declared is None else bool(declared),
        max_scheduled_runs=columns["max_scheduled_runs"],
        parameters=parsed(columns["parameters"], {}),
        slug=columns["slug"],
        catchup=Catchup(columns["catchup"]),
        overlap=Overlap(columns["overlap"]),
        made_until=moment(columns["made_until"]),
    )


def schedule_text(schedule: AnySchedule) -> str:
    """Return a schedule as the text of its column: equal schedules give equal text."""
    return dumps(schedule_as_json(schedule))


def options_text(options: ConcurrencyOptions | None) -> str | None:
    """Return how a limit treats runs as the text of its column."""
    if options is None:
        return None
    return dumps(
        {
            "collision_strategy": options.collision_strategy,
            "grace_period_seconds": options.grace_period_seconds,
        }
    )


def _options(text: str | None) -> ConcurrencyOptions | None:
    if text is None:
        return None
    kept = parsed(text, {})
    return ConcurrencyOptions(
        collision_strategy=ConcurrencyLimitStrategy(kept["collision_strategy"]),
        grace_period_seconds=kept.get("grace_period_seconds"),
    )
