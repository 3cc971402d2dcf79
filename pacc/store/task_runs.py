"""Task runs, from rows to records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal import clock
from pacc.schemas.task_runs import TaskRun, TaskRunPolicy
from pacc.store import states
from pacc.store.columns import duration, estimated_run_time, identity, lateness, moment, parsed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pacc.schemas.states import State

COLUMNS = (
    "id", "flow_run_id", "name", "task_key", "dynamic_key", "created", "state_type", "state_name",
    "state_message", "state_time", "state_details", "state_data", "version", "attempt", "run_count",
    "flow_run_run_count", "history", "tags", "task_inputs", "task_version", "cache_key", "cache_expiration",
    "empirical_policy", "expected_start_time", "next_scheduled_start_time", "start_time", "end_time",
    "total_run_time", "session",
)  # fmt: skip
"""The columns of a task run in the schema's order; a test compares them with the schema."""


def from_row(row: Sequence[Any], *, state: State[Any] | None = None, now: int | None = None) -> TaskRun:
    """Return the record of a row.

    Args:
        row: all columns in the schema's order.
        state: the run's state where the caller holds it already; made of the row otherwise.
        now: the moment for estimates, in microseconds since the epoch; the present one otherwise.
    """
    columns = dict(zip(COLUMNS, row, strict=False))  # a newer release may have added some at the end
    state = state or states.present(columns, flow_run_id=columns["flow_run_id"], task_run_id=columns["id"])
    now = clock.now() if now is None else now
    expected, started, ended = (columns[name] for name in ("expected_start_time", "start_time", "end_time"))
    return TaskRun(
        id=UUID(columns["id"]),
        name=columns["name"],
        task_key=columns["task_key"],
        dynamic_key=columns["dynamic_key"],
        flow_run_id=identity(columns["flow_run_id"]),
        created=moment(columns["created"]),
        updated=state.timestamp,
        state=state,
        state_id=state.id,
        state_type=state.type,
        state_name=state.name,
        cache_key=columns["cache_key"],
        cache_expiration=moment(columns["cache_expiration"]),
        task_version=columns["task_version"],
        empirical_policy=policy(columns["empirical_policy"]),
        tags=parsed(columns["tags"], []),
        task_inputs=parsed(columns["task_inputs"], {}),
        run_count=columns["run_count"],
        flow_run_run_count=columns["flow_run_run_count"],
        attempt=columns["attempt"],
        expected_start_time=moment(expected),
        next_scheduled_start_time=moment(columns["next_scheduled_start_time"]),
        start_time=moment(started),
        end_time=moment(ended),
        total_run_time=duration(columns["total_run_time"]),
        estimated_run_time=estimated_run_time(columns["total_run_time"], state.type, state.time, now),
        estimated_start_time_delta=lateness(expected, started, ended, now),
    )


def policy(text: str | None) -> TaskRunPolicy:
    """Return how a run is retried, kept as JSON of the fields that are set."""
    if text is None:
        return _NO_POLICY
    kept: dict[str, Any] = parsed(text, {})
    return TaskRunPolicy(**{name: value for name, value in kept.items() if name in TaskRunPolicy.__slots__})


_NO_POLICY = TaskRunPolicy()
