"""The client under Prefect's name: every method one call of a service, in this process, on the store of the settings in force.

Methods of Prefect's client that are not here have nothing behind them yet; asking for one is an `AttributeError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from pacc._internal.steps import awaitable
from pacc.exceptions import ObjectNotFound
from pacc.schemas.concurrency import TAG_PREFIX
from pacc.services import (
    concurrency_limits,
    concurrency_slots,
    flow_runs,
    flows,
    health,
    log_search,
    run_transitions,
    task_runs,
    variables,
)
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Self
    from uuid import UUID

    from pacc.schemas.concurrency import (
        ConcurrencyLease,
        ConcurrencyLeaseHolder,
        GlobalConcurrencyLimit,
        GlobalConcurrencyLimitCreate,
        GlobalConcurrencyLimitUpdate,
        Mode,
    )
    from pacc.schemas.filters import DeploymentFilter, FlowFilter, FlowRunFilter, LogFilter, TaskRunFilter
    from pacc.schemas.flow_runs import FlowRun, FlowRunPolicy
    from pacc.schemas.flows import Flow
    from pacc.schemas.logs import Log
    from pacc.schemas.responses import OrchestrationResult
    from pacc.schemas.sorting import FlowRunSort, FlowSort, LogSort, TaskRunSort
    from pacc.schemas.states import State
    from pacc.schemas.task_runs import TaskRun
    from pacc.schemas.variables import Variable, VariableCreate, VariableUpdate
    from pacc.store import Store
    from pacc.types.declared import FlowLike, TaskLike

__all__ = ["PaccClient", "SyncPaccClient", "get_client"]


class _OfStore:
    """What both clients are: a name for the store they speak to."""

    def __init__(self, store: Store | None = None) -> None:
        self._store = open_store(get_current_settings().home) if store is None else store


class SyncPaccClient(_OfStore):
    """The client for code that does not await.

    Args:
        store: the store to speak to; the one of the settings in force by default.

    >>> with get_client(sync_client=True) as client:  # doctest: +SKIP
    ...     client.read_flow_runs(limit=5)
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    # -- the store ---------------------------------------------------------------------------------------------------

    def api_healthcheck(self) -> Exception | None:
        """Return what keeps the store from being read, `None` if nothing does."""
        return health.problem(self._store)

    def hello(self) -> str:
        """Return a greeting."""
        return "👋"

    # -- flows -------------------------------------------------------------------------------------------------------

    def create_flow(self, flow: FlowLike) -> UUID:
        """Make a flow known and return its id; the id it has if it was known."""
        return flows.create(self._store, flow.name)

    def create_flow_from_name(self, flow_name: str) -> UUID:
        """Make a flow of that name known and return its id; the id it has if it was known."""
        return flows.create(self._store, flow_name)

    def read_flow(self, flow_id: UUID) -> Flow:
        """Return a flow; `ObjectNotFound` if there is none."""
        return flows.read(self._store, flow_id)

    def read_flow_by_name(self, flow_name: str) -> Flow:
        """Return the flow of that name; `ObjectNotFound` if there is none."""
        return flows.read_by_name(self._store, flow_name)

    def read_flows(
        self,
        *,
        flow_filter: FlowFilter | None = None,
        flow_run_filter: FlowRunFilter | None = None,
        task_run_filter: TaskRunFilter | None = None,
        deployment_filter: DeploymentFilter | None = None,
        sort: FlowSort | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Flow]:
        """Return the flows that every filter given lets through."""
        return flows.select(
            self._store, flow_filter=flow_filter, flow_run_filter=flow_run_filter,
            task_run_filter=task_run_filter, deployment_filter=deployment_filter, sort=sort, limit=limit,
            offset=offset,
        )  # fmt: skip

    def delete_flow(self, flow_id: UUID) -> None:
        """Delete a flow with all its runs."""
        flows.delete(self._store, flow_id)

    # -- flow runs ---------------------------------------------------------------------------------------------------

    def create_flow_run(
        self,
        flow: FlowLike,
        name: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
        tags: Iterable[str] | None = None,
        parent_task_run_id: UUID | None = None,
        state: State[Any] | None = None,
    ) -> FlowRun:
        """Make a flow run that nobody executes yet."""
        return run_transitions.create_flow_run(
            self._store, flow_name=flow.name, flow_version=flow.version, name=name, parameters=parameters,
            context=context, tags=tags or (), state=state,
            parent_task_run_id=None if parent_task_run_id is None else str(parent_task_run_id),
        )  # fmt: skip

    def read_flow_run(self, flow_run_id: UUID) -> FlowRun:
        """Return a flow run; `ObjectNotFound` if there is none."""
        return flow_runs.read(self._store, flow_run_id)

    def read_flow_runs(
        self,
        *,
        flow_filter: FlowFilter | None = None,
        flow_run_filter: FlowRunFilter | None = None,
        task_run_filter: TaskRunFilter | None = None,
        deployment_filter: DeploymentFilter | None = None,
        sort: FlowRunSort | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[FlowRun]:
        """Return the flow runs that every filter given lets through, the newest first unless `sort` says otherwise."""
        return flow_runs.select(
            self._store, flow_filter=flow_filter, flow_run_filter=flow_run_filter,
            task_run_filter=task_run_filter, deployment_filter=deployment_filter, sort=sort, limit=limit,
            offset=offset,
        )  # fmt: skip

    def count_flow_runs(
        self,
        *,
        flow_filter: FlowFilter | None = None,
        flow_run_filter: FlowRunFilter | None = None,
        task_run_filter: TaskRunFilter | None = None,
        deployment_filter: DeploymentFilter | None = None,
    ) -> int:
        """Return how many flow runs every filter given lets through."""
        return flow_runs.count(
            self._store, flow_filter=flow_filter, flow_run_filter=flow_run_filter,
            task_run_filter=task_run_filter, deployment_filter=deployment_filter,
        )  # fmt: skip

    def update_flow_run(
        self,
        flow_run_id: UUID,
        flow_version: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        name: str | None = None,
        tags: Iterable[str] | None = None,
        empirical_policy: FlowRunPolicy | None = None,
        infrastructure_pid: str | None = None,
        job_variables: Mapping[str, Any] | None = None,
    ) -> None:
        """Change what is given about a flow run."""
        flow_runs.update(
            self._store, flow_run_id, flow_version=flow_version, parameters=parameters, name=name, tags=tags,
            empirical_policy=empirical_policy, infrastructure_pid=infrastructure_pid,
            job_variables=job_variables,
        )  # fmt: skip

    def set_flow_run_name(self, flow_run_id: UUID, name: str) -> None:
        """Give a flow run another name."""
        flow_runs.update(self._store, flow_run_id, name=name)

    def delete_flow_run(self, flow_run_id: UUID) -> None:
        """Delete a flow run with its task runs and its log."""
        flow_runs.delete(self._store, flow_run_id)

    def set_flow_run_state(
        self, flow_run_id: UUID | str, state: State[Any], force: bool = False
    ) -> OrchestrationResult:
        """Propose a state for a flow run and return what became of it."""
        return run_transitions.propose_flow_run_state(self._store, str(flow_run_id), state, force=force)

    def read_flow_run_states(self, flow_run_id: UUID) -> list[State[Any]]:
        """Return every state a flow run went through, the first one first."""
        return flow_runs.states(self._store, flow_run_id)

    # -- task runs ---------------------------------------------------------------------------------------------------

    def create_task_run(
        self,
        task: TaskLike,
        flow_run_id: UUID | None,
        dynamic_key: str,
        name: str | None = None,
        extra_tags: Iterable[str] | None = None,
        state: State[Any] | None = None,
        task_inputs: Mapping[str, Any] | None = None,
    ) -> TaskRun:
        """Make a task run that nobody executes yet."""
        return run_transitions.create_task_run(
            self._store, name=name or f"{task.name}-{dynamic_key}", task_key=task.task_key,
            dynamic_key=str(dynamic_key), flow_run_id=None if flow_run_id is None else str(flow_run_id),
            state=state, tags={*task.tags, *(extra_tags or ())}, task_version=task.version, inputs=task_inputs,
        )  # fmt: skip

    def read_task_run(self, task_run_id: UUID) -> TaskRun:
        """Return a task run; `ObjectNotFound` if there is none."""
        return task_runs.read(self._store, task_run_id)

    def read_task_runs(
        self,
        *,
        flow_filter: FlowFilter | None = None,
        flow_run_filter: FlowRunFilter | None = None,
        task_run_filter: TaskRunFilter | None = None,
        deployment_filter: DeploymentFilter | None = None,
        sort: TaskRunSort | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[TaskRun]:
        """Return the task runs that every filter given lets through, the newest first unless `sort` says otherwise."""
        return task_runs.select(
            self._store, flow_filter=flow_filter, flow_run_filter=flow_run_filter,
            task_run_filter=task_run_filter, deployment_filter=deployment_filter, sort=sort, limit=limit,
            offset=offset,
        )  # fmt: skip

    def set_task_run_name(self, task_run_id: UUID, name: str) -> None:
        """Give a task run another name."""
        task_runs.rename(self._store, task_run_id, name)

    def delete_task_run(self, task_run_id: UUID) -> None:
        """Delete a task run."""
        task_runs.delete(self._store, task_run_id)

    def set_task_run_state(
        self, task_run_id: UUID, state: State[Any], force: bool = False
    ) -> OrchestrationResult:
        """Propose a state for a task run and return what became of it."""
        return run_transitions.propose_task_run_state(self._store, str(task_run_id), state, force=force)

    def read_task_run_states(self, task_run_id: UUID) -> list[State[Any]]:
        """Return every state a task run went through, the first one first."""
        return task_runs.states(self._store, task_run_id)

    # -- logs --------------------------------------------------------------------------------------------------------

    def read_logs(
        self,
        log_filter: LogFilter | None = None,
        limit: int | None = None,
        offset: int | None = None,
        sort: LogSort | None = None,
    ) -> list[Log]:
        """Return the log lines a filter lets through, the oldest first unless `sort` says otherwise."""
        return log_search.select(self._store, log_filter, sort=sort, limit=limit, offset=offset or 0)

    # -- variables ---------------------------------------------------------------------------------------------------

    def create_variable(self, variable: VariableCreate) -> Variable:
        """Make a variable; `ObjectAlreadyExists` if its name is taken."""
        return variables.put(self._store, variable.name, variable.value, tags=variable.tags)

    def read_variable_by_name(self, name: str) -> Variable | None:
        """Return the variable of that name, `None` where there is none."""
        return variables.find(self._store, name)

    def read_variables(self, limit: int | None = None) -> list[Variable]:
        """Return the variables by name."""
        return variables.select(self._store, limit=limit)

    def update_variable(self, variable: VariableUpdate) -> None:
        """Change what is given about a variable; `ObjectNotFound` if there is none of that name."""
        variables.update(self._store, variable.name, value=variable.value, tags=variable.tags)

    def delete_variable_by_name(self, name: str) -> None:
        """Remove a variable; `ObjectNotFound` if there is none of that name."""
        variables.remove(self._store, name)

    # -- concurrency limits ------------------------------------------------------------------------------------------

    def create_global_concurrency_limit(self, concurrency_limit: GlobalConcurrencyLimitCreate) -> UUID:
        """Make a limit and return its id; `ObjectAlreadyExists` if its name is taken."""
        given = concurrency_limit
        return concurrency_limits.put(
            self._store, given.name, given.limit, active=given.active is not False,
            active_slots=given.active_slots or 0, slot_decay_per_second=given.slot_decay_per_second or 0.0,
        ).id  # fmt: skip

    def update_global_concurrency_limit(
        self, name: str, concurrency_limit: GlobalConcurrencyLimitUpdate
    ) -> None:
        """Change what is given about a limit; `ObjectNotFound` if there is none of that name."""
        given = concurrency_limit
        concurrency_limits.update(
            self._store, name, new_name=given.name, limit=given.limit, active=given.active,
            active_slots=given.active_slots, slot_decay_per_second=given.slot_decay_per_second,
        )  # fmt: skip

    def upsert_global_concurrency_limit_by_name(
        self, name: str, limit: int, slot_decay_per_second: float | None = None
    ) -> None:
        """Make a limit, or give the one of that name these slots and this decay."""
        concurrency_limits.put(
            self._store, name, limit, slot_decay_per_second=slot_decay_per_second or 0.0, overwrite=True
        )

    def delete_global_concurrency_limit_by_name(self, name: str) -> None:
        """Remove a limit; `ObjectNotFound` if there is none of that name."""
        concurrency_limits.remove(self._store, name)

    def read_global_concurrency_limit_by_name(self, name: str) -> GlobalConcurrencyLimit:
        """Return a limit; `ObjectNotFound` if there is none of that name."""
        return concurrency_limits.read(self._store, name)

    def read_global_concurrency_limits(
        self, limit: int = 10, offset: int = 0
    ) -> list[GlobalConcurrencyLimit]:
        """Return limits by name; those of tags are read by `read_concurrency_limits`."""
        return concurrency_limits.select(self._store, limit=limit, offset=offset)

    def create_concurrency_limit(self, tag: str, concurrency_limit: int) -> UUID:
        """Limit the task runs with a tag, or change the limit it has, and return the limit's id."""
        return concurrency_limits.put(self._store, f"{TAG_PREFIX}{tag}", concurrency_limit, overwrite=True).id

    def read_concurrency_limit_by_tag(self, tag: str) -> GlobalConcurrencyLimit:
        """Return the limit of a tag; `ObjectNotFound` if it has none."""
        return concurrency_limits.read(self._store, f"{TAG_PREFIX}{tag}")

    def read_concurrency_limits(self, limit: int, offset: int) -> list[GlobalConcurrencyLimit]:
        """Return the limits of tags by name."""
        return concurrency_limits.select(self._store, tags=True, limit=limit, offset=offset)

    def reset_concurrency_limit_by_tag(self, tag: str) -> None:
        """Count all slots of a tag's limit as free."""
        concurrency_limits.update(self._store, f"{TAG_PREFIX}{tag}", active_slots=0)

    def delete_concurrency_limit_by_tag(self, tag: str) -> None:
        """Remove the limit of a tag; `ObjectNotFound` if it has none."""
        concurrency_limits.remove(self._store, f"{TAG_PREFIX}{tag}")

    def increment_concurrency_slots_with_lease(
        self,
        names: list[str],
        slots: int,
        mode: Mode,
        lease_duration: float,
        holder: ConcurrencyLeaseHolder | None = None,
    ) -> ConcurrencyLease | None:
        """Take slots of limits for so many seconds, all or nothing; `None` where there is no room now."""
        wanted = concurrency_slots.Request(tuple(names), slots, mode, holder, lease_duration)
        return concurrency_slots.acquire(self._store, wanted).lease

    def renew_concurrency_lease(self, lease_id: UUID, lease_duration: float) -> None:
        """Keep what was taken for so many seconds from now; `ObjectNotFound` if its time was over."""
        if not concurrency_slots.renew(self._store, lease_id, lease_duration):
            raise ObjectNotFound(f"nothing is held by the lease {lease_id} any more")

    def release_concurrency_slots_with_lease(self, lease_id: UUID) -> None:
        """Give back what was taken with a lease."""
        concurrency_slots.release(self._store, lease_id)


class PaccClient(_OfStore):
    """The client for code that awaits: the methods of `SyncPaccClient`, each derived from it.

    Args:
        store: the store to speak to; the one of the settings in force by default.

    >>> async with get_client() as client:  # doctest: +SKIP
    ...     await client.read_flow_runs(limit=5)
    """

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    api_healthcheck = awaitable(SyncPaccClient.api_healthcheck)
    hello = awaitable(SyncPaccClient.hello)

    create_flow = awaitable(SyncPaccClient.create_flow)
    create_flow_from_name = awaitable(SyncPaccClient.create_flow_from_name)
    read_flow = awaitable(SyncPaccClient.read_flow)
    read_flow_by_name = awaitable(SyncPaccClient.read_flow_by_name)
    read_flows = awaitable(SyncPaccClient.read_flows)
    delete_flow = awaitable(SyncPaccClient.delete_flow)

    create_flow_run = awaitable(SyncPaccClient.create_flow_run)
    read_flow_run = awaitable(SyncPaccClient.read_flow_run)
    read_flow_runs = awaitable(SyncPaccClient.read_flow_runs)
    count_flow_runs = awaitable(SyncPaccClient.count_flow_runs)
    update_flow_run = awaitable(SyncPaccClient.update_flow_run)
    set_flow_run_name = awaitable(SyncPaccClient.set_flow_run_name)
    delete_flow_run = awaitable(SyncPaccClient.delete_flow_run)
    set_flow_run_state = awaitable(SyncPaccClient.set_flow_run_state)
    read_flow_run_states = awaitable(SyncPaccClient.read_flow_run_states)

    create_task_run = awaitable(SyncPaccClient.create_task_run)
    read_task_run = awaitable(SyncPaccClient.read_task_run)
    read_task_runs = awaitable(SyncPaccClient.read_task_runs)
    set_task_run_name = awaitable(SyncPaccClient.set_task_run_name)
    delete_task_run = awaitable(SyncPaccClient.delete_task_run)
    set_task_run_state = awaitable(SyncPaccClient.set_task_run_state)
    read_task_run_states = awaitable(SyncPaccClient.read_task_run_states)

    read_logs = awaitable(SyncPaccClient.read_logs)

    create_variable = awaitable(SyncPaccClient.create_variable)
    read_variable_by_name = awaitable(SyncPaccClient.read_variable_by_name)
    read_variables = awaitable(SyncPaccClient.read_variables)
    update_variable = awaitable(SyncPaccClient.update_variable)
    delete_variable_by_name = awaitable(SyncPaccClient.delete_variable_by_name)

    create_global_concurrency_limit = awaitable(SyncPaccClient.create_global_concurrency_limit)
    update_global_concurrency_limit = awaitable(SyncPaccClient.update_global_concurrency_limit)
    upsert_global_concurrency_limit_by_name = awaitable(
        SyncPaccClient.upsert_global_concurrency_limit_by_name
    )
    delete_global_concurrency_limit_by_name = awaitable(
        SyncPaccClient.delete_global_concurrency_limit_by_name
    )
    read_global_concurrency_limit_by_name = awaitable(SyncPaccClient.read_global_concurrency_limit_by_name)
    read_global_concurrency_limits = awaitable(SyncPaccClient.read_global_concurrency_limits)
    create_concurrency_limit = awaitable(SyncPaccClient.create_concurrency_limit)
    read_concurrency_limit_by_tag = awaitable(SyncPaccClient.read_concurrency_limit_by_tag)
    read_concurrency_limits = awaitable(SyncPaccClient.read_concurrency_limits)
    reset_concurrency_limit_by_tag = awaitable(SyncPaccClient.reset_concurrency_limit_by_tag)
    delete_concurrency_limit_by_tag = awaitable(SyncPaccClient.delete_concurrency_limit_by_tag)
    increment_concurrency_slots_with_lease = awaitable(SyncPaccClient.increment_concurrency_slots_with_lease)
    renew_concurrency_lease = awaitable(SyncPaccClient.renew_concurrency_lease)
    release_concurrency_slots_with_lease = awaitable(SyncPaccClient.release_concurrency_slots_with_lease)


@overload
def get_client(
    httpx_settings: dict[str, Any] | None = None, sync_client: Literal[False] = False
) -> PaccClient: ...
@overload
def get_client(
    httpx_settings: dict[str, Any] | None = None, *, sync_client: Literal[True]
) -> SyncPaccClient: ...


def get_client(
    httpx_settings: dict[str, Any] | None = None, sync_client: bool = False
) -> PaccClient | SyncPaccClient:
    """Return a client of the store in force.

    Args:
        httpx_settings: taken for compatibility; nothing goes over HTTP.
        sync_client: a client to call instead of one to await.

    Raises:
        StoreError: the store cannot be opened.

    >>> with get_client(sync_client=True) as client:  # doctest: +SKIP
    ...     failed = client.read_flow_runs(flow_run_filter=FlowRunFilter(state={"type": {"any_": ["FAILED"]}}))
    """
    del httpx_settings
    return SyncPaccClient() if sync_client else PaccClient()
