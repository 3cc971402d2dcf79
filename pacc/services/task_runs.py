"""Task runs: read, found, renamed, removed. Their states are moved by `run_transitions`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc.exceptions import ObjectNotFound
from pacc.services.references import TASK_RUN, canonical, find_row, read_row
from pacc.store import filters
from pacc.store.log_files import log_path
from pacc.store.states import past
from pacc.store.task_runs import from_row

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.schemas.filters import DeploymentFilter, FlowFilter, FlowRunFilter, TaskRunFilter
    from pacc.schemas.sorting import TaskRunSort
    from pacc.schemas.states import State
    from pacc.schemas.task_runs import TaskRun
    from pacc.store import Store


def read(store: Store, task_run_id: UUID | str) -> TaskRun:
    """Return a task run by its id.

    Raises:
        ObjectNotFound: there is none.
    """
    store.journal.flush()
    return from_row(read_row(store, TASK_RUN, task_run_id))


def find(store: Store, reference: UUID | str) -> TaskRun:
    """Return the task run a person means.

    Args:
        store: where it is kept.
        reference: its id, the beginning of its id, its name (of several the newest), `@last`, or `@failed` for the newest one
            that failed or crashed.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    store.journal.flush()
    return from_row(find_row(store, TASK_RUN, reference))


def select(
    store: Store,
    *,
    flow_filter: FlowFilter | None = None,
    flow_run_filter: FlowRunFilter | None = None,
    task_run_filter: TaskRunFilter | None = None,
    deployment_filter: DeploymentFilter | None = None,
    sort: TaskRunSort | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[TaskRun]:
    """Return the task runs that every filter given lets through.

    Args:
        store: where they are kept.
        flow_filter: only task runs in runs of such a flow.
        flow_run_filter: only task runs in such a flow run.
        task_run_filter: which task runs.
        deployment_filter: only task runs in a run of such a deployment.
        sort: the order; the newest first otherwise.
        limit: so many at most; all otherwise.
        offset: so many are passed over first.
    """
    store.journal.flush()
    wanted = filters.Wanted(flow_filter, flow_run_filter, task_run_filter, deployment_filter)
    query = filters.select("task_run", wanted, sort=sort, limit=limit, offset=offset)
    now = clock.now()
    return [from_row(row, now=now) for row in store.read_sql(query.sql, query.values)]


def count(
    store: Store,
    *,
    flow_filter: FlowFilter | None = None,
    flow_run_filter: FlowRunFilter | None = None,
    task_run_filter: TaskRunFilter | None = None,
    deployment_filter: DeploymentFilter | None = None,
) -> int:
    """Return how many task runs every filter given lets through."""
    store.journal.flush()
    query = filters.count(
        "task_run", filters.Wanted(flow_filter, flow_run_filter, task_run_filter, deployment_filter)
    )
    return int(store.read_sql(query.sql, query.values)[0][0])


def states(store: Store, task_run_id: UUID | str) -> list[State[Any]]:
    """Return every state a task run went through, the first one first.

    Raises:
        ObjectNotFound: there is no such run.
    """
    store.journal.flush()
    row = read_row(store, TASK_RUN, task_run_id)
    return past(row["history"], flow_run_id=row["flow_run_id"], task_run_id=row["id"])


def rename(store: Store, task_run_id: UUID | str, name: str) -> None:
    """Give a task run another name.

    Raises:
        ObjectNotFound: there is no such run.
    """
    if not store.write("task_runs.rename", {"id": canonical(TASK_RUN, task_run_id), "name": name}):
        raise ObjectNotFound(f'no task run "{task_run_id}"', hint=TASK_RUN.listing)


def delete(store: Store, task_run_id: UUID | str) -> None:
    """Delete a task run; a flow run it stood for stays.

    Raises:
        ObjectNotFound: there is no such run.
    """
    identity = canonical(TASK_RUN, task_run_id)
    with store.transaction() as changes:
        changes.run("flow_runs.leave_parent_task", {"id": identity})
        gone = changes.run("task_runs.delete", {"id": identity})
    if not gone:
        raise ObjectNotFound(f'no task run "{task_run_id}"', hint=TASK_RUN.listing)
    log_path(store.home, identity).unlink(missing_ok=True)
