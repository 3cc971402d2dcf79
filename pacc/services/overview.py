"""What screens of runs are made of: how the last hours went, the order of a long list, and the rows of it that are seen."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from pacc._internal import clock
from pacc._internal.clock import from_datetime
from pacc._internal.jsontext import dumps
from pacc._internal.packed_ids import PackedIds
from pacc.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from pacc.schemas.overview import ListedRun, ListedTaskRun, MatrixCell, MatrixRow, Named, Overview, RunMatrix
from pacc.schemas.states import StateType
from pacc.store import filters
from pacc.store.flow_runs import from_row
from pacc.store.task_runs import from_row as task_from_row

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from pacc.schemas.filters import DeploymentFilter, FlowFilter, TaskRunFilter
    from pacc.schemas.sorting import FlowRunSort, TaskRunSort
    from pacc.store import Store

_TROUBLED = FlowRunFilter(
    state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.FAILED, StateType.CRASHED]))
)
_BADNESS = (
    "CRASHED",
    "FAILED",
    "CANCELLED",
    "CANCELLING",
    "RUNNING",
    "PAUSED",
    "PENDING",
    "SCHEDULED",
    "COMPLETED",
)
MOST_TASK_RUNS = 100_000
"""So many task runs a list holds at once; there may be millions."""
_AT_ONCE = 5000
"""So many ids are asked for in one query."""
MOST_LISTED = 50
"""So many runs of each kind an overview names; the tally counts all."""


class LeftOut(NamedTuple):
    """Runs that are not in a list: those that every filter given lets through."""

    flows: FlowFilter | None = None
    runs: FlowRunFilter | None = None
    tasks: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None


def read(store: Store, until: datetime, stretch: timedelta, parts: int) -> Overview:
    """Return how a stretch of time went, and what is going on.

    Args:
        store: where the runs are kept.
        until: when the stretch ends, the present moment.
        stretch: how long it is.
        parts: in how many equal parts its runs are counted.

    Example:
        >>> read(store, datetime.now(UTC), timedelta(hours=24), 48).tally  # doctest: +SKIP
        {'COMPLETED': 1201, 'FAILED': 21}
    """
    store.journal.flush()
    since, end = from_datetime(until - stretch), from_datetime(until)
    buckets: list[dict[str, int]] = [{} for _ in range(parts)]
    width = max(1, -(-(end - since) // parts))
    for row in store.read("overview.tally", {"since": since, "until": end, "width": width}):
        buckets[row["bucket"]][row["state_type"]] = row["runs"]
    few = {"limit": MOST_LISTED}
    troubled = store.read("overview.troubled", {"since": since, **few})
    return Overview(
        since=until - stretch,
        until=until,
        buckets=tuple(buckets),
        troubled=_listed([*troubled, *store.read("overview.late", few)]),
        open=_open(store.read("overview.open", few)),
        coming=_listed(store.read("overview.coming", few)),
    )


def order(
    store: Store,
    *,
    flow_filter: FlowFilter | None = None,
    flow_run_filter: FlowRunFilter | None = None,
    deployment_filter: DeploymentFilter | None = None,
    without: Iterable[LeftOut] = (),
    sort: FlowRunSort | None = None,
) -> PackedIds:
    """Return the ids of the flow runs that every filter given lets through, all of them, in the order of the list.

    Args:
        store: where they are kept.
        flow_filter: only runs of such a flow.
        flow_run_filter: which flow runs.
        deployment_filter: only runs of such a deployment.
        without: which are left out.
        sort: the order; the newest first otherwise.
    """
    store.journal.flush()
    wanted = filters.Wanted(flow_filter, flow_run_filter, None, deployment_filter)
    query = filters.ids("flow_run", wanted, without=_unwanted(without), sort=sort)
    return store.column_sql(query.sql, query.values, PackedIds)


def task_order(
    store: Store,
    *,
    flow_filter: FlowFilter | None = None,
    flow_run_filter: FlowRunFilter | None = None,
    task_run_filter: TaskRunFilter | None = None,
    deployment_filter: DeploymentFilter | None = None,
    without: Iterable[LeftOut] = (),
    sort: TaskRunSort | None = None,
    offset: int = 0,
) -> PackedIds:
    """Return the ids of the task runs that every filter given lets through, `MOST_TASK_RUNS` at most, in the order of the list.

    Args:
        store: where they are kept.
        flow_filter: only task runs in runs of such a flow.
        flow_run_filter: only task runs in such a flow run.
        task_run_filter: which task runs.
        deployment_filter: only task runs in a run of such a deployment.
        without: which are left out.
        sort: the order; the newest first otherwise.
        offset: so many of the first ones are passed over.
    """
    store.journal.flush()
    wanted = filters.Wanted(flow_filter, flow_run_filter, task_run_filter, deployment_filter)
    query = filters.ids(
        "task_run", wanted, without=_unwanted(without), sort=sort, limit=MOST_TASK_RUNS, offset=offset
    )
    return store.column_sql(query.sql, query.values, PackedIds)


def _unwanted(left_out: Iterable[LeftOut]) -> list[filters.Wanted]:
    return [filters.Wanted(each.flows, each.runs, each.tasks, each.deployments) for each in left_out]


def named(store: Store, text: str, limit: int = 8) -> list[Named]:
    """Return what has a text in its name, or an id that begins with it: deployments, flows, variables, and the newest runs.

    Args:
        store: where it is kept.
        text: what to look for, upper and lower case alike.
        limit: so many of each kind at most.

    Example:
        >>> named(store, "nigh")[0].name  # doctest: +SKIP
        'etl/nightly'
    """
    store.journal.flush()
    literal = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    values = {"like": f"%{literal}%", "begins": f"{literal.lower()}%", "limit": limit}
    found = [*store.read("overview.named", values), *store.read("overview.runs_named", values)]
    return [
        Named(kind=row["kind"], id=row["id"], name=row["name"], about=row["about"] or "") for row in found
    ]


def task_rows(store: Store, task_run_ids: Iterable[str]) -> dict[str, ListedTaskRun]:
    """Return the task runs of these ids, as far as they are still there, by their ids."""
    now = clock.now()
    found = store.read("overview.task_rows", {"ids": dumps(list(task_run_ids))})
    return {
        row["id"]: ListedTaskRun(
            run=task_from_row(row, now=now), flow_run_name=row["flow_run_name"], flow_name=row["flow_name"]
        )
        for row in found
    }


def matrix(store: Store, flow_id: UUID | str, limit: int) -> RunMatrix:
    """Return how the tasks of a flow ended in its last runs: a row for each task, a column for each run.

    Args:
        store: where they are kept.
        flow_id: the flow.
        limit: so many runs at most.

    Example:
        >>> matrix(store, flow.id, 40).rows[0].task  # doctest: +SKIP
        'load'
    """
    store.journal.flush()
    newest = store.read("overview.last_of_flow", {"flow_id": str(flow_id), "limit": limit})
    runs = _listed(reversed(newest))
    place = {str(each.run.id): number for number, each in enumerate(runs)}
    cells: dict[str, list[MatrixCell | None]] = {}
    for row in store.read("overview.tasks_of_runs", {"ids": dumps(list(place))}):
        line = cells.setdefault(row["task"].rpartition(".")[2], [None] * len(runs))
        known = line[place[row["flow_run_id"]]]
        found = MatrixCell(
            task_run_id=UUID(row["id"]),
            state_type=row["state_type"],
            state_name=row["state_name"],
            runs=row["runs"] + (0 if known is None else known.runs),
        )
        if known is not None and _BADNESS.index(known.state_type) <= _BADNESS.index(found.state_type):
            found = replace(known, runs=found.runs)
        line[place[row["flow_run_id"]]] = found
    return RunMatrix(
        runs=runs, rows=tuple(MatrixRow(task=name, cells=tuple(line)) for name, line in cells.items())
    )


def rows(store: Store, flow_run_ids: Iterable[str]) -> dict[str, ListedRun]:
    """Return the flow runs of these ids, as far as they are still there, by their ids."""
    found = store.read("overview.rows", {"ids": dumps(list(flow_run_ids))})
    return {str(each.run.id): each for each in _listed(found)}


def next_troubled(store: Store, ids: Sequence[str], after: int) -> int | None:
    """Return where the next run of a list stands that failed or crashed; behind the last one comes the first.

    Args:
        store: where the runs are kept.
        ids: the list.
        after: the place to look behind.
    """
    bad = set(order(store, flow_run_filter=_TROUBLED))
    behind = range(after + 1, len(ids))
    before = range(min(after + 1, len(ids)))
    return next((place for places in (behind, before) for place in places if ids[place] in bad), None)


def next_troubled_task(store: Store, ids: Sequence[str], after: int) -> int | None:
    """Return where the next task run of a list stands that failed or crashed; see `next_troubled`."""
    count = len(ids)
    for begin, end in ((after + 1, count), (0, min(after + 1, count))):
        for first in range(begin, end, _AT_ONCE):
            some = dumps(list(ids[first : min(end, first + _AT_ONCE)]))
            for row in store.read("overview.first_troubled_task", {"ids": some}):
                return first + int(row["place"])
    return None


def last_ends(store: Store, limit: int) -> dict[str, list[tuple[str, str]]]:
    """Return how the last runs of each deployment ended, the oldest of them first.

    Args:
        store: where they are kept.
        limit: so many of each deployment.

    Returns:
        By the deployment's id the types and names of their states.
    """
    return _ends(store.read("overview.ends_of_deployments", {"limit": limit}), "deployment_id")


def last_ends_of_flows(store: Store, limit: int) -> dict[str, list[tuple[str, str]]]:
    """Return how the last runs of each flow ended, the oldest of them first; see `last_ends`."""
    store.journal.flush()
    return _ends(store.read("overview.ends_of_flows", {"limit": limit}), "flow_id")


def _ends(found: Iterable[sqlite3.Row], of: str) -> dict[str, list[tuple[str, str]]]:
    ends: dict[str, list[tuple[str, str]]] = {}
    for row in found:
        ends.setdefault(row[of], []).insert(0, (row["state_type"], row["state_name"]))
    return ends


def _listed(found: Iterable[sqlite3.Row]) -> tuple[ListedRun, ...]:
    now = clock.now()
    return tuple(
        ListedRun(
            run=from_row(row, now=now),
            flow_name=row["flow_name"],
            deployment_name=row["deployment_name"],
        )
        for row in found
    )


def _open(found: Sequence[sqlite3.Row]) -> tuple[ListedRun, ...]:
    return tuple(
        replace(listed, progress=_percent(row["progress"]))
        for listed, row in zip(_listed(found), found, strict=True)
    )


def _percent(data: str | None) -> float | None:
    """Return what an artifact of progress says; nothing where it says no number."""
    try:
        return None if data is None else float(json.loads(data))
    except (TypeError, ValueError):
        return None
