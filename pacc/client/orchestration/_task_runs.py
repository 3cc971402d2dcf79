"""The client's methods for task runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.steps import awaitable
from pacc.client.orchestration._base import OfStore
from pacc.services import (
    run_transitions,
    task_runs,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from pacc.schemas.filters import DeploymentFilter, FlowFilter, FlowRunFilter, TaskRunFilter
    from pacc.schemas.responses import OrchestrationResult
    from pacc.schemas.sorting import TaskRunSort
    from pacc.schemas.states import State
    from pacc.schemas.task_runs import TaskRun
    from pacc.types.declared import TaskLike


class TaskRunClient(OfStore):
    """What code that does not await asks and says about task runs."""

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


class TaskRunAsyncClient(OfStore):
    """The same for code that awaits, derived from `TaskRunClient`."""

    create_task_run = awaitable(TaskRunClient.create_task_run)
    read_task_run = awaitable(TaskRunClient.read_task_run)
    read_task_runs = awaitable(TaskRunClient.read_task_runs)
    set_task_run_name = awaitable(TaskRunClient.set_task_run_name)
    delete_task_run = awaitable(TaskRunClient.delete_task_run)
    set_task_run_state = awaitable(TaskRunClient.set_task_run_state)
    read_task_run_states = awaitable(TaskRunClient.read_task_run_states)
