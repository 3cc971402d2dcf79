"""Retries of flow runs that ended: what would be reused, and the next attempt.

A retry is asked for by a person or a program, never made by itself: it is the one way out of a state that ended a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc.exceptions import IllegalTransition, ObjectNotFound, StaleTransition
from pacc.schemas.retries import PlannedRun, RetryPlan
from pacc.schemas.states import TERMINAL_STATES, StateType
from pacc.services import run_transitions
from pacc.services.references import FLOW_RUN, read_row
from pacc.states import AwaitingRetry
from pacc.store.flow_runs import COLUMNS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from pacc.store import Store

_NOT_KEPT = "its result was not kept"


def check(store: Store, flow_run_id: UUID | str) -> dict[str, Any]:
    """Return the row of a flow run that may be retried, by the names of its columns.

    Raises:
        ObjectNotFound: there is no such run.
        IllegalTransition: it has not ended, it completed, or another flow run called it.
    """
    store.journal.flush()
    columns = dict(zip(COLUMNS, read_row(store, FLOW_RUN, flow_run_id), strict=False))
    name, kind = columns["name"], columns["state_type"]
    if columns["parent_flow_run_id"] is not None:
        raise IllegalTransition(
            f"the flow run {name!r} was called by another one; retry that one, and this one is run again with it",
            hint=f"pacc flow-run retry {columns['root_flow_run_id']}",
        )
    if kind not in TERMINAL_STATES:
        raise IllegalTransition(
            f"the flow run {name!r} is in state {columns['state_name']!r}; only one that ended can be retried",
            hint=f"pacc flow-run watch {columns['id']}",
        )
    if kind == StateType.COMPLETED:
        raise IllegalTransition(
            f"the flow run {name!r} has completed, so there is nothing to retry; run the flow again"
        )
    return columns


def plan(
    store: Store, flow_run_id: UUID | str, *, from_task: str | None = None, everything: bool = False
) -> RetryPlan:
    """Return what a retry would reuse and what it would run again, as far as the earlier attempts got.

    Args:
        store: where the run is kept.
        flow_run_id: a run that may be retried.
        from_task: redo this task and whatever was called after it: the name of a task, or the name or id of a task run.
        everything: reuse nothing.

    Raises:
        ObjectNotFound: there is no such run, or no such task in it.
        IllegalTransition: it cannot be retried; see `check`.
    """
    columns = check(store, flow_run_id)
    runs = store.read("checkpoints.task_runs", {"flow_run_id": columns["id"]})
    kept = {
        str(row["task_run_id"]): row
        for row in store.read("checkpoints.of_flow_run", {"flow_run_id": columns["id"]})
    }
    again = _from_on(runs, from_task, columns["name"]) if from_task is not None else set()
    planned = []
    nested = _Nested()
    for run in runs:
        source = str(run["cached_from"] or run["id"])
        is_kept = source in kept and run["state_type"] == "COMPLETED"
        reused = is_kept and not everything and run["id"] not in again
        if not nested.is_met(run, reused=reused):
            continue
        planned.append(
            PlannedRun(
                task_run_id=UUID(run["id"]),
                kept_from=UUID(source),
                name=run["name"],
                state_type=run["state_type"],
                state_name=run["state_name"],
                is_reused=reused,
                why=_why(run, is_kept=is_kept, asked=everything or run["id"] in again, reused=reused),
            )
        )
    return RetryPlan(
        flow_run_id=UUID(columns["id"]),
        name=columns["name"],
        attempt=columns["attempt"] + 1,
        deployment_id=None if columns["deployment_id"] is None else UUID(columns["deployment_id"]),
        entrypoint=columns["entrypoint"],
        runs=tuple(_without_doubles(planned)),
    )


class _Nested:
    """Which task runs are of interest to a retry.

    Neither those within a nested flow run that is reused as a whole are, nor those of an earlier attempt that would not be reused.
    """

    def __init__(self) -> None:
        self._reused: set[str] = set()
        self._earlier: set[str] = set()

    def is_met(self, run: sqlite3.Row, *, reused: bool) -> bool:
        """Say whether a task run is of interest; the runs come in the order of the calls."""
        if run["flow_run_id"] in self._reused:
            return False
        earlier = run["is_earlier"] or run["flow_run_id"] in self._earlier
        if run["child_flow_run_id"] is not None:
            (self._reused if reused else self._earlier if earlier else set()).add(run["child_flow_run_id"])
        return reused or not earlier


def _without_doubles(planned: Iterable[PlannedRun]) -> list[PlannedRun]:
    """A result reused twice is met once: the newest run that had it is the one to name."""
    last = {run.kept_from: run for run in planned}
    return list(last.values())


def _from_on(runs: list[sqlite3.Row], task: str, name: str) -> set[str]:
    """Return the task runs from the first call of a task on, in the newest attempt that called it."""
    meant = [run for run in runs if _is_meant(run, task)]
    if not meant:
        raise ObjectNotFound(
            f'no task "{task}" was called in the flow run "{name}"', hint=f"pacc flow-run graph {name}"
        )
    newest = max(run["flow_run_run_count"] for run in meant)
    first = min(run["id"] for run in meant if run["flow_run_run_count"] == newest)
    before = {
        str(run["cached_from"] or run["id"])
        for run in runs
        if run["id"] < first and (run["flow_run_run_count"] == newest or run["is_nested"])
    }
    return {run["id"] for run in runs if str(run["cached_from"] or run["id"]) not in before}


def _is_meant(run: sqlite3.Row, task: str) -> bool:
    suffix = f"-{run['dynamic_key'][:3]}"
    names = (run["name"], run["name"].removesuffix(suffix), str(run["task_key"]).rpartition("-")[0])
    return task in names or (len(task) >= 8 and run["id"].startswith(task.lower()))


def _why(run: sqlite3.Row, *, is_kept: bool, asked: bool, reused: bool) -> str:
    if reused:
        return "it finished"
    if run["state_type"] != "COMPLETED":
        return f"it is {run['state_name']}"
    return "as asked for" if asked and is_kept else _NOT_KEPT


def retry(
    store: Store,
    flow_run_id: UUID | str,
    *,
    session: str | None = None,
    process: str | None = None,
    from_task: str | None = None,
    everything: bool = False,
) -> RetryPlan:
    """Begin the next attempt of a flow run, and return what it is going to reuse. Of several who ask at once, one does.

    Args:
        store: where the run is kept.
        flow_run_id: a run that failed, crashed or was cancelled.
        session: the session of the process that is going to execute it; without one a runner will.
        process: what names that process.
        from_task: redo this task and whatever was called after it; see `plan`.
        everything: reuse nothing.

    Raises:
        ObjectNotFound: there is no such run, or no such task in it.
        IllegalTransition: it cannot be retried; see `check`.
        StaleTransition: someone else retries it at this moment.
    """
    columns = check(store, flow_run_id)
    found = plan(store, flow_run_id, from_task=from_task, everything=everything)
    asked = everything or from_task is not None
    state = AwaitingRetry(message=f"Attempt {found.attempt} was asked for.")
    begun = run_transitions.retry_flow_run(
        store,
        columns,
        state,
        session=session,
        process=process,
        kept=[str(run.kept_from) for run in found.runs if run.is_reused] if asked else None,
    )
    if not begun:
        raise StaleTransition(
            f"the flow run {columns['name']!r} is being retried by someone else",
            hint=f"pacc flow-run watch {columns['id']}",
        )
    return found
