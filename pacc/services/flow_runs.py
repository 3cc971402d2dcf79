"""Flow runs: read, found, renamed, removed. Their states are moved by `run_transitions`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal import clock, ids
from pacc._internal.jsontext import dumps
from pacc._internal.tagtext import tags_text
from pacc.exceptions import ObjectNotFound
from pacc.services import checkpoints, run_inputs
from pacc.services.job_variables import check as check_job_variables
from pacc.services.processes_of_runs import Role, role_of, tell_to_look
from pacc.services.references import FLOW_RUN, STATE, canonical, find_row, read_row
from pacc.store import filters
from pacc.store.flow_runs import from_row, policy_text
from pacc.store.log_files import log_path
from pacc.store.states import past

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from pacc.schemas.filters import DeploymentFilter, FlowFilter, FlowRunFilter, TaskRunFilter
    from pacc.schemas.flow_runs import FlowRun, FlowRunPolicy
    from pacc.schemas.sorting import FlowRunSort
    from pacc.schemas.states import State
    from pacc.store import Store


def read(store: Store, flow_run_id: UUID | str) -> FlowRun:
    """Return a flow run by its id.

    Raises:
        ObjectNotFound: there is none.
    """
    store.journal.flush()
    return from_row(read_row(store, FLOW_RUN, flow_run_id))


def find(store: Store, reference: UUID | str) -> FlowRun:
    """Return the flow run a person means.

    Args:
        store: where it is kept.
        reference: its id, the beginning of its id, its name (of several the newest), `@last` for the newest run that no other
            one called, or `@failed` for the newest of those that failed or crashed.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    store.journal.flush()
    return from_row(find_row(store, FLOW_RUN, reference))


def select(
    store: Store,
    *,
    flow_filter: FlowFilter | None = None,
    flow_run_filter: FlowRunFilter | None = None,
    task_run_filter: TaskRunFilter | None = None,
    deployment_filter: DeploymentFilter | None = None,
    sort: FlowRunSort | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[FlowRun]:
    """Return the flow runs that every filter given lets through.

    Args:
        store: where they are kept.
        flow_filter: only runs of such a flow.
        flow_run_filter: which flow runs.
        task_run_filter: only runs that have such a task run.
        deployment_filter: only runs of such a deployment.
        sort: the order; the newest first otherwise.
        limit: so many at most; all otherwise.
        offset: so many are passed over first.
    """
    store.journal.flush()
    wanted = filters.Wanted(flow_filter, flow_run_filter, task_run_filter, deployment_filter)
    query = filters.select("flow_run", wanted, sort=sort, limit=limit, offset=offset)
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
    """Return how many flow runs every filter given lets through."""
    store.journal.flush()
    query = filters.count(
        "flow_run", filters.Wanted(flow_filter, flow_run_filter, task_run_filter, deployment_filter)
    )
    return int(store.read_sql(query.sql, query.values)[0][0])


def states(store: Store, flow_run_id: UUID | str) -> list[State[Any]]:
    """Return every state a flow run went through, the first one first.

    Raises:
        ObjectNotFound: there is no such run.
    """
    store.journal.flush()
    row = read_row(store, FLOW_RUN, flow_run_id)
    return past(row["history"], flow_run_id=row["id"])


def state(store: Store, state_id: UUID | str) -> State[Any]:
    """Return a state that a flow run is in, or was in, by the state's own id.

    Raises:
        ObjectNotFound: there is no such state.
    """
    store.journal.flush()
    identity = canonical(STATE, state_id)
    for row in store.read("flow_runs.beginning_with", {"beginning": ids.origin(identity)}):
        present = from_row(row).state
        for each in (present, *past(row["history"], flow_run_id=row["id"])):
            if each is not None and str(each.id) == identity:
                return each
    raise ObjectNotFound(f'no state "{state_id}"', hint=STATE.listing)


def label(store: Store, flow_run_id: UUID | str, labels: Mapping[str, bool | int | float | str]) -> None:
    """Give a flow run labels besides those it has; one of the same key is replaced.

    Raises:
        ObjectNotFound: there is no such run.
    """
    store.journal.flush()
    given = {"id": canonical(FLOW_RUN, flow_run_id), "labels": dumps(dict(labels)), "now": clock.now()}
    if not store.write("flow_runs.label", given):
        raise ObjectNotFound(f'no flow run "{flow_run_id}"', hint=FLOW_RUN.listing)


def update(
    store: Store,
    flow_run_id: UUID | str,
    *,
    name: str | None = None,
    flow_version: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    tags: Iterable[str] | None = None,
    labels: Mapping[str, bool | int | float | str] | None = None,
    empirical_policy: FlowRunPolicy | None = None,
    infrastructure_pid: str | None = None,
    job_variables: Mapping[str, Any] | None = None,
) -> None:
    """Change what may be changed about a flow run besides its state; what is not given stays as it is.

    Raises:
        ObjectNotFound: there is no such run. InvalidValueError: the job variables do not fit.
    """
    check_job_variables(store, job_variables, pool=None, of="the flow run")
    changes = {
        "name": name,
        "flow_version": flow_version,
        "parameters": None if parameters is None else dumps(dict(parameters)),
        "tags": None if tags is None else tags_text(sorted(set(tags))),
        "labels": None if labels is None else dumps(dict(labels)),
        "empirical_policy": None if empirical_policy is None else policy_text(empirical_policy),
        "infrastructure_pid": infrastructure_pid,
        "job_variables": None if job_variables is None else dumps(dict(job_variables)),
    }
    identity = canonical(FLOW_RUN, flow_run_id)
    if not store.write("flow_runs.update", {"id": identity, "updated": clock.now(), **changes}):
        raise ObjectNotFound(f'no flow run "{flow_run_id}"', hint=FLOW_RUN.listing)


def delete(store: Store, flow_run_id: UUID | str) -> None:
    """Delete a flow run with its task runs and its log; flow runs it called stay, on their own.

    Raises:
        ObjectNotFound: there is no such run.
    """
    identity = canonical(FLOW_RUN, flow_run_id)
    rows = store.read("flow_runs.read", {"id": identity})
    process = rows[0]["process"] if rows else None
    while store.write("task_runs.delete_some", {"flow_run_id": identity}):
        pass
    with store.transaction() as changes:
        changes.run("flow_runs.root_again", {"id": identity})
        changes.run("flow_runs.leave_parent", {"id": identity})
        gone = changes.run("flow_runs.delete", {"id": identity})
    if process is not None and role_of(process) is Role.SUPERVISES:
        tell_to_look(process)
    if not gone:
        raise ObjectNotFound(f'no flow run "{flow_run_id}"', hint=FLOW_RUN.listing)
    checkpoints.tidy(store)
    run_inputs.tidy(store)
    log_path(store.home, identity).unlink(missing_ok=True)
