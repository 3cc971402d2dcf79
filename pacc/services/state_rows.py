"""A state as text in a row, and back."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import Any

from pacc._internal import clock
from pacc._internal.jsontext import dumps
from pacc.schemas.states import NO_DETAILS, State, StateDetails, StateType

_OWN = frozenset({"flow_run_id", "task_run_id"})
_KEPT = tuple(field.name for field in fields(StateDetails) if field.name not in _OWN)
_values_of = attrgetter(*_KEPT)
_UNSET = _values_of(NO_DETAILS)


def details_text(state: State[Any]) -> str | None:
    """Return the details of a state as JSON with the unset ones left out, `None` where there are none.

    The ids of its run are left out too: the row has them.
    """
    details = state.own_details
    if details is None or details is NO_DETAILS:
        return None
    values = _values_of(details)
    kept = {
        name: _plain(value)
        for name, value, unset in zip(_KEPT, values, _UNSET, strict=True)
        if value is not unset and value != unset
    }
    return dumps(kept) if kept else None


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value if isinstance(value, bool | int | float | str | dict) else str(value)


def details_of_due(moment: int, **more: Any) -> str:
    """Return the details of a run that waits for a moment, in microseconds since the epoch, as JSON.

    >>> details_of_due(0)
    '{"scheduled_time":"1970-01-01T00:00:00+00:00"}'
    """
    due = StateDetails(scheduled_time=clock.to_datetime(moment), **more)
    return details_text(State(type=StateType.SCHEDULED, state_details=due)) or "{}"
