"""Values that people and programs hand to flow runs: put, read, selected, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from pacc._internal import clock, ids
from pacc._internal.jsontext import dumps
from pacc.exceptions import InvalidValueError, ObjectNotFound
from pacc.schemas.run_inputs import FlowRunInput
from pacc.services.references import FLOW_RUN, canonical, read_row
from pacc.store.columns import moment

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from pacc.store import Store

LONGEST_KEY = 500
"""Characters a key has at most."""


def row_of(flow_run_id: UUID | str, key: str, value: str, sender: str | None = None) -> dict[str, object]:
    """Return what the statement needs that keeps a value.

    Args:
        flow_run_id: the run it is for.
        key: what it is found by.
        value: the value, as JSON.
        sender: who sent it.

    Raises:
        InvalidValueError: the key is empty, too long, or holds a character that no key has.
    """
    if not key or len(key) > LONGEST_KEY or not all(c.isalnum() or c in "-_." for c in key):
        raise InvalidValueError(
            f"the key {key[:80]!r} is none: letters, digits, `-`, `_` and `.`, {LONGEST_KEY} at most"
        )
    return {
        "flow_run_id": canonical(FLOW_RUN, flow_run_id),
        "key": key,
        "id": ids.new_id(),
        "now": clock.now(),
        "value": value,
        "sender": sender,
    }


def put(
    store: Store, flow_run_id: UUID | str, key: str, value: str, sender: str | None = None
) -> FlowRunInput:
    """Hand a value to a flow run; a later one under the same key takes its place.

    Args:
        store: where the run is kept.
        flow_run_id: the run.
        key: what the value is found by.
        value: the value, as JSON.
        sender: who sends it.

    Raises:
        ObjectNotFound: there is no such run. InvalidValueError: the key is none.
    """
    row = row_of(flow_run_id, key, value, sender)
    store.journal.flush()
    read_row(store, FLOW_RUN, flow_run_id)
    store.write("run_inputs.put", row)
    return read(store, flow_run_id, key)


def read(store: Store, flow_run_id: UUID | str, key: str) -> FlowRunInput:
    """Return a value by its key.

    Raises:
        ObjectNotFound: there is none.
    """
    wanted = {"flow_run_id": canonical(FLOW_RUN, flow_run_id), "key": key}
    rows = store.read("run_inputs.read", wanted)
    if not rows:
        raise ObjectNotFound(f'the flow run has no input under the key "{key}"')
    return _from_row(rows[0])


def select(
    store: Store,
    flow_run_id: UUID | str,
    key_prefix: str,
    *,
    limit: int = 1,
    exclude_keys: Iterable[str] = (),
) -> list[FlowRunInput]:
    """Return values whose keys begin so, the oldest first.

    Args:
        store: where the run is kept.
        flow_run_id: the run.
        key_prefix: what the keys begin with.
        limit: so many at most.
        exclude_keys: the keys of values that are known already.
    """
    wanted = {
        "flow_run_id": canonical(FLOW_RUN, flow_run_id),
        "key_prefix": key_prefix,
        "limit": limit,
        "exclude": dumps(sorted(exclude_keys)),
    }
    return [_from_row(row) for row in store.read("run_inputs.select", wanted)]


def delete(store: Store, flow_run_id: UUID | str, key: str) -> None:
    """Delete a value.

    Raises:
        ObjectNotFound: there is none.
    """
    wanted = {"flow_run_id": canonical(FLOW_RUN, flow_run_id), "key": key}
    if not store.write("run_inputs.delete", wanted):
        raise ObjectNotFound(f'the flow run has no input under the key "{key}"')


def tidy(store: Store) -> None:
    """Delete the values of flow runs that are gone."""
    while store.write("run_inputs.tidy"):
        pass


def _from_row(row: sqlite3.Row) -> FlowRunInput:
    return FlowRunInput(
        id=UUID(row["id"]),
        flow_run_id=UUID(row["flow_run_id"]),
        key=row["key"],
        value=row["value"],
        sender=row["sender"],
        created=moment(row["created"]),
        updated=moment(row["updated"]),
    )
