"""The id behind a flow's name, asked once per process and store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal import clock, ids
from pacc.schemas.flows import checked_name

if TYPE_CHECKING:
    from pacc.store import Store


class FlowIds:
    """Knows the ids of the flows this process runs."""

    __slots__ = ("_known", "_store")

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, str] = {}

    def of(self, name: str) -> str:
        """Return the id of the flow of that name; the flow is made when the store has none."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = ensure_flow(self._store, name)
        return known


def ensure_flow(store: Store, name: str) -> str:
    """Return the id of the flow of that name, making the flow when there is none.

    Raises:
        InvalidNameError: no flow may have that name.
    """
    checked_name(name)
    rows = store.read("flows.id_by_name", {"name": name})
    if not rows:
        return make_flow(store, name, ids.new_id())
    return str(rows[0]["id"])


def make_flow(store: Store, name: str, flow_id: str) -> str:
    """Make a flow under this id, and return its id, which is another one where the flow was there already."""
    now = clock.now()
    new = {"id": flow_id, "name": name, "created": now, "updated": now, "tags": "[]", "labels": "{}"}
    return str(store.write("flows.upsert", new)[0]["id"])
