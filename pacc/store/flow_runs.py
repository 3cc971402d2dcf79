"""Flow runs, from rows to records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal import clock
from pacc._internal.jsontext import dumps
from pacc.schemas.flow_runs import CreatedBy, FlowRun, FlowRunPolicy
from pacc.store import states
from pacc.store.columns import duration, estimated_run_time, identity, lateness, moment, parsed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pacc.schemas.states import State

COLUMNS = (
    "id", "flow_id", "name", "created", "updated", "state_type", "state_name", "state_message", "state_time",
    "state_details", "state_data", "version", "attempt", "run_count", "history", "parent_flow_run_id",
    "parent_task_run_id", "root_flow_run_id", "deployment_id", "deployment_version", "flow_version",
    "work_queue_name", "work_pool_name", "parameters", "idempotency_key", "context", "tags", "labels",
    "empirical_policy", "created_by", "auto_scheduled", "infrastructure_pid", "process", "job_variables",
    "expected_start_time", "next_scheduled_start_time", "start_time", "end_time", "total_run_time", "log_file",
    "session", "entrypoint", "usage",
)  # fmt: skip
"""The columns of a flow run in the schema's order; a test compares them with the schema."""


def from_row(row: Sequence[Any], *, state: State[Any] | None = None, now: int | None = None) -> FlowRun:
    """Return the record of a row.

    Args:
        row: all columns in the schema's order.
        state: the run's state where the caller holds it already; made of the row otherwise.
        now: the moment for estimates, in microseconds since the epoch; the present one otherwise.
    """
    columns = dict(zip(COLUMNS, row, strict=False))  # a newer release may have added some at the end
    state = state or states.present(columns, flow_run_id=columns["id"])
    now = clock.now() if now is None else now
    expected, started, ended = (columns[name] for name in ("expected_start_time", "start_time", "end_time"))
    return FlowRun(
        id=UUID(columns["id"]),
        name=columns["name"],
        flow_id=UUID(columns["flow_id"]),
        created=moment(columns["created"]),
        updated=moment(columns["updated"]),
        state=state,
        state_id=state.id,
        state_type=state.type,
        state_name=state.name,
        deployment_id=identity(columns["deployment_id"]),
        deployment_version=columns["deployment_version"],
        work_queue_name=columns["work_queue_name"],
        work_pool_name=columns["work_pool_name"],
        flow_version=columns["flow_version"],
        parameters=parsed(columns["parameters"], {}),
        idempotency_key=columns["idempotency_key"],
        context=parsed(columns["context"], {}),
        empirical_policy=policy(columns["empirical_policy"]),
        tags=parsed(columns["tags"], []),
        labels=parsed(columns["labels"], {}),
        parent_task_run_id=identity(columns["parent_task_run_id"]),
        parent_flow_run_id=identity(columns["parent_flow_run_id"]),
        root_flow_run_id=identity(columns["root_flow_run_id"]),
        run_count=columns["run_count"],
        attempt=columns["attempt"],
        expected_start_time=moment(expected),
        next_scheduled_start_time=moment(columns["next_scheduled_start_time"]),
        start_time=moment(started),
        end_time=moment(ended),
        total_run_time=duration(columns["total_run_time"]),
        estimated_run_time=estimated_run_time(columns["total_run_time"], state.type, state.time, now),
        estimated_start_time_delta=lateness(expected, started, ended, now),
        auto_scheduled=bool(columns["auto_scheduled"]),
        infrastructure_pid=columns["infrastructure_pid"],
        process=parsed(columns["process"], None),
        created_by=created_by(columns["created_by"]),
        job_variables=parsed(columns["job_variables"], None),
        log_file=columns["log_file"],
        entrypoint=columns["entrypoint"],
        usage=parsed(columns["usage"], None),
    )


def policy(text: str | None) -> FlowRunPolicy:
    """Return how a run is retried and paused, kept as JSON of the fields that are set."""
    if text is None:
        return _NO_POLICY
    kept: dict[str, Any] = {
        name: value for name, value in parsed(text, {}).items() if name in FlowRunPolicy.__slots__
    }
    return FlowRunPolicy(**{**kept, "pause_keys": frozenset(kept.get("pause_keys") or ())})


def policy_text(kept: FlowRunPolicy) -> str:
    """Return a policy as the text of its column: the fields that differ from their defaults, as JSON."""
    values = {name: getattr(kept, name) for name in FlowRunPolicy.__slots__}
    changed = {name: value for name, value in values.items() if value != getattr(_NO_POLICY, name)}
    if kept.pause_keys:
        changed["pause_keys"] = sorted(kept.pause_keys)
    return dumps(changed)


def created_by(text: str | None) -> CreatedBy | None:
    """Return who or what made something, kept as JSON."""
    if text is None:
        return None
    kept = parsed(text, {})
    return CreatedBy(
        id=identity(kept.get("id")), type=kept.get("type"), display_value=kept.get("display_value")
    )


def created_by_text(maker: CreatedBy) -> str:
    """Return who or what made something as the text of its column.

    >>> created_by_text(CreatedBy(type="SCHEDULE", display_value="nightly"))
    '{"id":null,"type":"SCHEDULE","display_value":"nightly"}'
    """
    identity_ = None if maker.id is None else str(maker.id)
    return dumps({"id": identity_, "type": maker.type, "display_value": maker.display_value})


_NO_POLICY = FlowRunPolicy()
