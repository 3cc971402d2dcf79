"""States read back from a run's row: the present one from its columns, the earlier ones from its history."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal.clock import to_datetime
from pacc.schemas.states import State, StateDetails, StateType
from pacc.types import KeptValue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MOMENTS = frozenset({"scheduled_time", "cache_expiration", "pause_timeout"})
_IDENTITIES = frozenset(
    {
        "child_flow_run_id",
        "transition_id",
        "task_parameters_id",
        "deployment_concurrency_lease_id",
        "cached_from",
    }
)


def present(
    columns: Mapping[str, Any], *, flow_run_id: str | None, task_run_id: str | None = None
) -> State[Any]:
    """Return the state a run is in, from its row.

    Args:
        columns: the row, by the names of its columns.
        flow_run_id: the flow run the state belongs to, the flow run of the task run for a task run's state.
        task_run_id: the task run it belongs to.
    """
    state: State[Any] = State(
        type=_TYPES[columns["state_type"]],
        name=columns["state_name"],
        message=columns["state_message"],
        timestamp=to_datetime(columns["state_time"]),
        state_details=details(columns["state_details"]),
    )
    reference = columns["state_data"]
    if reference is not None:
        state.reference = reference
        state.data = KeptValue(reference)
    return state.given_to(flow_run_id=flow_run_id, task_run_id=task_run_id, number=columns["version"])


def past(history: str, *, flow_run_id: str | None, task_run_id: str | None = None) -> list[State[Any]]:
    """Return every state a run went through, the first one first, from the JSON lines of its history."""
    return [
        _told(json.loads(line)).given_to(flow_run_id=flow_run_id, task_run_id=task_run_id, number=number)
        for number, line in enumerate(history.split("\n"), 1)
    ]


def _told(fields: dict[str, Any]) -> State[Any]:
    return State(
        type=_TYPES[fields["type"]],
        name=fields["name"],
        message=fields.get("message"),
        timestamp=to_datetime(fields["t"]),
        state_details=_details(fields.get("details") or {}),
    )


def details(text: str | None) -> StateDetails | None:
    """Return the details kept as JSON, `None` where there are none."""
    return None if text is None else _details(json.loads(text))


def _details(kept: dict[str, Any]) -> StateDetails | None:
    """A detail this release does not know was written by a newer one, and is passed over."""
    known = {name: _reader(name)(value) for name, value in kept.items() if name in _NAMES}
    return StateDetails(**known) if known else None


def _reader(name: str) -> Callable[[Any], Any]:
    if name in _MOMENTS:
        return datetime.fromisoformat
    return UUID if name in _IDENTITIES else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


_TYPES = {kind.value: kind for kind in StateType}
_NAMES = frozenset(StateDetails.__slots__)
