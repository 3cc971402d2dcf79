"""Runs that ended long ago are deleted, with all that belongs to them, a piece at a time.

Each verb does one piece and says what it removed; nothing removed means that nothing is left to do. What lies in files goes before
the row that leads to it, so that a process killed in between leaves nothing that nobody finds again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pacc._internal import clock, ids
from pacc._internal.jsontext import dumps
from pacc.schemas.retention import Removed
from pacc.services import checkpoints, run_inputs
from pacc.store.log_files import log_path
from pacc.store.results import from_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pacc.schemas.results import KeptResult
    from pacc.store import Store

_RUNS = 100
_ROWS = 500


def prune_flow_runs(store: Store, before: int) -> Removed:
    """Delete some flow runs that ended long ago, with the runs they called, their task runs and their logs.

    A run stays as long as one that it called is still open.

    Args:
        store: where they are kept.
        before: only runs that ended before this moment, in microseconds since the epoch.

    Raises:
        StoreError: the store cannot be used. OSError: a log file cannot be removed.

    Example:
        >>> prune_flow_runs(store, clock.now() - 90 * 86_400_000_000)  # doctest: +SKIP
        Removed(flow_runs=100, task_runs=4200, logs=100, results=0)
    """
    removed = Removed()
    outermost = _old(store, "retention.old_flow_runs", before, _RUNS)
    while called := _ids(store, "retention.called_by", {"ids": dumps(outermost), "limit": _RUNS}):
        removed += _flow_runs_removed(store, called)
    removed += _flow_runs_removed(store, outermost)
    checkpoints.tidy(store)
    run_inputs.tidy(store)
    return removed


def prune_task_runs(store: Store, before: int) -> Removed:
    """Delete some task runs outside of flows that ended long ago, with their logs; see `prune_flow_runs`."""
    found = _old(store, "retention.old_lone_task_runs", before, _ROWS)
    if not found:
        return Removed()
    logs, wanted = _logs_removed(store, found), {"ids": dumps(found)}
    gone, _ = store.write_all(
        ("retention.delete_lone_task_runs", wanted), ("retention.delete_background_tasks", wanted)
    )
    return Removed(task_runs=len(gone), logs=logs)


def prune_logs(store: Store, before: int) -> Removed:
    """Remove the log files of some flow runs that ended long ago; see `prune_flow_runs`."""
    found = _old(store, "retention.old_logs", before, _RUNS)
    if not found:
        return Removed()
    logs = _logs_removed(store, found)
    store.write("retention.forget_logs", {"ids": dumps(found)})
    return Removed(logs=logs)


def prune_artifacts(store: Store, before: int) -> Removed:
    """Delete some artifacts whose runs are gone; the latest of each key stays. See `prune_flow_runs`."""
    gone = store.write("retention.delete_artifacts", {"bound": ids.first_id(before), "limit": _ROWS})
    return Removed(artifacts=len(gone))


def left_results(
    store: Store, before: int, after: KeptResult | None = None, *, limit: int = 500
) -> list[KeptResult]:
    """Return kept results whose runs are gone, the oldest first.

    Args:
        store: where they are noted.
        before: only those written before this moment, in microseconds since the epoch.
        after: go on after this one.
        limit: so many at most.
    """
    place = {"created": -1, "key": ""}
    if after is not None:
        place = {"created": clock.from_datetime(after.created), "key": after.key}
    rows = store.read("retention.left_results", {"before": before, "limit": limit, **place})
    return [from_row(row) for row in rows]


def reused_results(store: Store) -> set[tuple[str, str]]:
    """Return the results, by storage and key, that task runs refer to which did not write them. Reads every task run."""
    told = (json.loads(row["state_data"]) for row in store.read("retention.reused"))
    return {(each["storage"], each["key"]) for each in told}


def _old(store: Store, statement: str, before: int, limit: int) -> list[str]:
    bound = ids.first_id(before)
    return _ids(store, statement, {"bound": bound, "before": before, "limit": limit})


def _ids(store: Store, statement: str, params: dict[str, object]) -> list[str]:
    return [row["id"] for row in store.read(statement, params)]


def _flow_runs_removed(store: Store, found: Sequence[str]) -> Removed:
    if not found:
        return Removed()
    logs, tasks, wanted = _logs_removed(store, found), 0, {"ids": dumps(found)}
    while gone := len(store.write("retention.delete_task_runs", {**wanted, "limit": _ROWS})):
        tasks += gone
    runs = len(store.write("retention.delete_flow_runs", wanted))
    checkpoints.tidy(store)
    return Removed(flow_runs=runs, task_runs=tasks, logs=logs)


def _logs_removed(store: Store, found: Sequence[str]) -> int:
    removed = 0
    for run_id in found:
        try:
            log_path(store.home, run_id).unlink()
        except FileNotFoundError:
            continue
        removed += 1
    return removed
