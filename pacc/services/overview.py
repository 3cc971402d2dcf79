"""What screens of runs are made of: how the last hours went, the order of a long list, and the rows of it that are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal import clock
from pacc._internal.clock import from_datetime
from pacc._internal.jsontext import dumps
from pacc._internal.packed_ids import PackedIds
from pacc.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from pacc.schemas.overview import ListedRun, Overview
from pacc.schemas.states import StateType
from pacc.store import filters
from pacc.store.flow_runs import from_row

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from pacc.schemas.filters import DeploymentFilter, FlowFilter
    from pacc.schemas.sorting import FlowRunSort
    from pacc.store import Store

_TROUBLED = FlowRunFilter(
    state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.FAILED, StateType.CRASHED]))
)
MOST_LISTED = 50
"""So many runs of each kind an overview names; the tally counts all."""


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
        open=_listed(store.read("overview.open", few)),
        coming=_listed(store.read("overview.coming", few)),
    )


def order(
    store: Store,
    *,
    flow_filter: FlowFilter | None = None,
    flow_run_filter: FlowRunFilter | None = None,
    deployment_filter: DeploymentFilter | None = None,
    sort: FlowRunSort | None = None,
) -> PackedIds:
    """Return the ids of the flow runs that every filter given lets through, all of them, in the order of the list.

    Args:
        store: where they are kept.
        flow_filter: only runs of such a flow.
        flow_run_filter: which flow runs.
        deployment_filter: only runs of such a deployment.
        sort: the order; the newest first otherwise.
    """
    store.journal.flush()
    wanted = filters.Wanted(flow_filter, flow_run_filter, None, deployment_filter)
    query = filters.ids("flow_run", wanted, sort=sort)
    return PackedIds(row[0] for row in store.read_sql(query.sql, query.values))


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
            run=from_row(row, now=now), flow_name=row["flow_name"], deployment_name=row["deployment_name"]
        )
        for row in found
    )
