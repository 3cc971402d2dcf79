"""A state as text in a row, and back."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from pacc._internal.jsontext import dumps
from pacc.schemas.states import NO_DETAILS, StateDetails

if TYPE_CHECKING:
    from pacc.schemas.states import State

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
