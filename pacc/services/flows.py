"""Flows, read and removed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

from pacc.exceptions import ObjectNotFound
from pacc.services import flow_runs
from pacc.services.flow_names import ensure_flow
from pacc.services.references import FLOW, canonical, find_row, read_row
from pacc.store import filters
from pacc.store.flows import from_row

if TYPE_CHECKING:
    from pacc.schemas.filters import DeploymentFilter, FlowFilter, FlowRunFilter, TaskRunFilter
    from pacc.schemas.flows import Flow
    from pacc.schemas.sorting import FlowSort
    from pacc.store import Store


def create(store: Store, name: str) -> UUID:
    """Return the id of the flow of that name, which is made if it was not there."""
    return UUID(ensure_flow(store, name))


def read(store: Store, flow_id: UUID | str) -> Flow:
    """Return a flow by its id.

    Raises:
        ObjectNotFound: there is none.
    """
    return from_row(read_row(store, FLOW, flow_id))


def read_by_name(store: Store, name: str) -> Flow:
    """Return a flow by its exact name.

    Raises:
        ObjectNotFound: there is none.
    """
    rows = store.read("flows.by_name", {"reference": name})
    if not rows:
        raise ObjectNotFound(f'no flow "{name}"', hint=FLOW.listing)
    return from_row(rows[0])


def find(store: Store, reference: UUID | str) -> Flow:
    """Return the flow a person means: its name, its id, the beginning of its id.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    return from_row(find_row(store, FLOW, reference))


def select(
    store: Store,
    *,
    flow_filter: FlowFilter | None = None,
    flow_run_filter: FlowRunFilter | None = None,
    task_run_filter: TaskRunFilter | None = None,
    deployment_filter: DeploymentFilter | None = None,
    sort: FlowSort | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Flow]:
    """Return the flows that every filter given lets through.

    Args:
        store: where they are kept.
        flow_filter: which flows.
        flow_run_filter: only flows that have such a run.
        task_run_filter: only flows that have a run with such a task run.
        deployment_filter: only flows that have such a deployment.
        sort: the order; the newest first otherwise.
        limit: so many at most; all otherwise.
        offset: so many are passed over first.
    """
    store.journal.flush()
    wanted = filters.Wanted(flow_filter, flow_run_filter, task_run_filter, deployment_filter)
    query = filters.select("flow", wanted, sort=sort, limit=limit, offset=offset)
    return [from_row(row) for row in store.read_sql(query.sql, query.values)]


def delete(store: Store, flow_id: UUID | str) -> None:
    """Delete a flow with all its runs and deployments.

    Raises:
        ObjectNotFound: there is none.
    """
    from pacc.services import deployments  # start-up: listings need none of it

    identity = canonical(FLOW, flow_id)
    read_row(store, FLOW, identity)
    while runs := store.read("flow_runs.ids_of_flow", {"flow_id": identity}):
        for run in runs:
            with suppress(ObjectNotFound):  # someone else deleted it meanwhile
                flow_runs.delete(store, run["id"])
    for deployment in store.read("deployments.ids_of_flow", {"flow_id": identity}):
        with suppress(ObjectNotFound):
            deployments.delete(store, deployment["id"])
    store.write("flows.delete", {"id": identity})
