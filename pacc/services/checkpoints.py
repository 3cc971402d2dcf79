"""Checkpoints: what is kept of finished tasks until their flow run completes, found again by a retry.

The values themselves are the business of `pacc.engine.features.checkpoints`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pacc.store.journal import BESIDE

if TYPE_CHECKING:
    import sqlite3

    from pacc.store import Store

AT_ONCE = 2000
"""How many checkpoints one statement deletes, as the statements have it."""

PARAMETERS = "parameters"
"""Stands for a task key where the parameters of the flow run are kept that JSON cannot say."""


class Checkpoint(NamedTuple):
    """One call's result, all columns in the schema's order; a plain tuple serves as well."""

    flow_run_id: str
    """The flow run that no other one called."""
    task_key: str
    """The task's key, what called it in front."""
    call: int
    """How often it was called there before."""
    task_run_id: str
    """The run that made it."""
    run_count: int
    """How often the flow run had started by then."""
    content: bytes
    """What the arguments are recognised by, and the result, sealed."""

    def journal_row(self) -> tuple[object, ...]:
        """Return the row."""
        return tuple(self)


def put(store: Store, row: tuple[object, ...]) -> None:
    """Keep a result whose run's end is on its way already, or what no run made.

    Raises:
        StoreError: the last writing failed; the row is kept in the journal all the same.
    """
    kept = Checkpoint(*row)  # type: ignore[arg-type]  # the columns in their order
    store.journal.put(BESIDE, f"{kept.flow_run_id}\0{kept.task_key}\0{kept.call}", kept)


def find(store: Store, flow_run_id: str, task_key: str, call: int) -> sqlite3.Row | None:
    """Return what is kept of one call, `None` where nothing is."""
    wanted = {"flow_run_id": flow_run_id, "task_key": task_key, "call": call}
    rows = store.read("checkpoints.find", wanted)
    return rows[0] if rows else None


def count(store: Store, flow_run_id: str) -> int:
    """Return how many results of tasks are kept of a flow run."""
    return int(store.read("checkpoints.count", {"flow_run_id": flow_run_id})[0][0])


def forget(store: Store, flow_run_id: str) -> None:
    """Delete what is kept of a flow run that has completed, in steps that keep nobody waiting."""
    while store.write("checkpoints.forget", {"flow_run_id": flow_run_id}):
        pass


def tidy(store: Store) -> int:
    """Delete what is kept of flow runs that completed or are gone, where a process died before it could; return how many those were.

    Costs one small query where there is nothing to do.
    """
    left = [str(row["id"]) for row in store.read("checkpoints.left_over")]
    for flow_run_id in left:
        while store.write("checkpoints.delete", {"flow_run_id": flow_run_id}):
            pass
    return len(left)
