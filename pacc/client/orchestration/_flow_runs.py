"""The client's methods for flow runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.steps import awaitable
from pacc.client.orchestration._base import OfStore
from pacc.exceptions import FlowPauseTimeout, InvalidRunInput, NotPausedError, StaleTransition
from pacc.schemas.responses import OrchestrationResult, SetStateStatus
from pacc.services import flow_runs, pausing, run_inputs, run_transitions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from pacc.schemas.filters import DeploymentFilter, FlowFilter, FlowRunFilter, TaskRunFilter
    from pacc.schemas.flow_runs import FlowRun, FlowRunPolicy
    from pacc.schemas.run_inputs import FlowRunInput
    from pacc.schemas.sorting import FlowRunSort
    from pacc.schemas.states import State
    from pacc.types.declared import FlowLike


class FlowRunClient(OfStore):
    """What code that does not await asks and says about flow runs."""

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

    def read_flow_run_state(self, flow_run_state_id: UUID) -> State[Any]:
        """Return a state that a flow run is in or was in; `ObjectNotFound` if there is none of that id."""
        return flow_runs.state(self._store, flow_run_state_id)

    def update_flow_run_labels(
        self, flow_run_id: UUID, labels: Mapping[str, bool | int | float | str]
    ) -> None:
        """Give a flow run labels besides those it has; `ObjectNotFound` if there is none."""
        flow_runs.label(self._store, flow_run_id, labels)

    def resume_flow_run(
        self, flow_run_id: UUID, run_input: Mapping[str, Any] | None = None
    ) -> OrchestrationResult:
        """Let a paused flow run go on, with the input it asks for; what cannot be is refused with the reason."""
        try:
            state = pausing.resume(self._store, flow_run_id, run_input)
        except (InvalidRunInput, NotPausedError, FlowPauseTimeout, StaleTransition) as refusal:
            kept = flow_runs.read(self._store, flow_run_id).state
            return OrchestrationResult(status=SetStateStatus.REJECT, state=kept, reason=str(refusal))
        return OrchestrationResult(status=SetStateStatus.ACCEPT, state=state)

    # -- input -------------------------------------------------------------------------------------------------------

    def create_flow_run_input(
        self, flow_run_id: UUID, key: str, value: str, sender: str | None = None
    ) -> None:
        """Hand a value, written as JSON, to a flow run."""
        run_inputs.put(self._store, flow_run_id, key, value, sender)

    def filter_flow_run_input(
        self, flow_run_id: UUID, key_prefix: str, limit: int, exclude_keys: set[str]
    ) -> list[FlowRunInput]:
        """Return values handed to a flow run whose keys begin so, the oldest first."""
        return run_inputs.select(self._store, flow_run_id, key_prefix, limit=limit, exclude_keys=exclude_keys)

    def read_flow_run_input(self, flow_run_id: UUID, key: str) -> str:
        """Return a value handed to a flow run, as JSON; `ObjectNotFound` if there is none."""
        return run_inputs.read(self._store, flow_run_id, key).value

    def delete_flow_run_input(self, flow_run_id: UUID, key: str) -> None:
        """Delete a value handed to a flow run; `ObjectNotFound` if there is none."""
        run_inputs.delete(self._store, flow_run_id, key)


class FlowRunAsyncClient(OfStore):
    """The same for code that awaits, derived from `FlowRunClient`."""

    create_flow_run = awaitable(FlowRunClient.create_flow_run)
    read_flow_run = awaitable(FlowRunClient.read_flow_run)
    read_flow_runs = awaitable(FlowRunClient.read_flow_runs)
    count_flow_runs = awaitable(FlowRunClient.count_flow_runs)
    update_flow_run = awaitable(FlowRunClient.update_flow_run)
    set_flow_run_name = awaitable(FlowRunClient.set_flow_run_name)
    delete_flow_run = awaitable(FlowRunClient.delete_flow_run)
    set_flow_run_state = awaitable(FlowRunClient.set_flow_run_state)
    read_flow_run_states = awaitable(FlowRunClient.read_flow_run_states)
    read_flow_run_state = awaitable(FlowRunClient.read_flow_run_state)
    update_flow_run_labels = awaitable(FlowRunClient.update_flow_run_labels)
    resume_flow_run = awaitable(FlowRunClient.resume_flow_run)
    create_flow_run_input = awaitable(FlowRunClient.create_flow_run_input)
    filter_flow_run_input = awaitable(FlowRunClient.filter_flow_run_input)
    read_flow_run_input = awaitable(FlowRunClient.read_flow_run_input)
    delete_flow_run_input = awaitable(FlowRunClient.delete_flow_run_input)
