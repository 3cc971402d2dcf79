"""A state as text in a row, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.jsontext import dumps
from pacc.schemas.states import NO_DETAILS

if TYPE_CHECKING:
    from pacc.schemas.states import State

_OWN = frozenset({"flow_run_id", "task_run_id"})


def details_text(state: State[Any]) -> str | None:
    """Return the details of a state as JSON with the unset ones left out, `None` where there are none.

    The ids of its run are left out too: the row has them.
    """
    details = state.own_details
    if details is None or details is NO_DETAILS:
        return None
    kept: dict[str, Any] = {}
    for name in details.__slots__:
        value = getattr(details, name)
        if name not in _OWN and value != getattr(NO_DETAILS, name):
            kept[name] = _plain(value)
    return dumps(kept) if kept else None


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value if isinstance(value, bool | int | float | str | dict) else str(value)
