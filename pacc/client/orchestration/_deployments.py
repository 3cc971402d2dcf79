"""The client's methods for deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.steps import awaitable
from pacc.client.orchestration._base import OfStore
from pacc.schemas.deployments import DeploymentCreate, DeploymentScheduleCreate
from pacc.services import deployment_schedules, deployments, flows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from pacc.schemas.deployments import (
        ConcurrencyOptions,
        Deployment,
        DeploymentSchedule,
        DeploymentUpdate,
    )
    from pacc.schemas.filters import DeploymentFilter, FlowFilter, FlowRunFilter, TaskRunFilter
    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.schedules import AnySchedule
    from pacc.schemas.sorting import DeploymentSort
    from pacc.schemas.states import State


class DeploymentClient(OfStore):
    """What code that does not await asks and says about deployments."""

    def create_deployment(
        self,
        flow_id: UUID,
        name: str,
        version: str | None = None,
        version_info: Mapping[str, Any] | None = None,
        schedules: Sequence[DeploymentScheduleCreate] | None = None,
        concurrency_limit: int | None = None,
        concurrency_options: ConcurrencyOptions | None = None,
        parameters: Mapping[str, Any] | None = None,
        description: str | None = None,
        work_queue_name: str | None = None,
        work_pool_name: str | None = None,
        tags: Sequence[str] | None = None,
        path: str | None = None,
        entrypoint: str | None = None,
        parameter_openapi_schema: Mapping[str, Any] | None = None,
        paused: bool | None = None,
        pull_steps: Sequence[Mapping[str, Any]] | None = None,
        enforce_parameter_schema: bool | None = None,
        job_variables: Mapping[str, Any] | None = None,
    ) -> UUID:
        """Make a deployment, or let the one of that flow and name become like this, and return its id."""
        wanted = DeploymentCreate(
            name=name, flow_name=flows.read(self._store, flow_id).name, version=version,
            version_info=version_info, schedules=schedules or (), concurrency_limit=concurrency_limit,
            concurrency_options=concurrency_options, parameters=parameters or {}, description=description,
            work_queue_name=work_queue_name, work_pool_name=work_pool_name, tags=tags or (), path=path,
            entrypoint=entrypoint, parameter_openapi_schema=parameter_openapi_schema, paused=bool(paused),
            pull_steps=pull_steps, enforce_parameter_schema=enforce_parameter_schema is not False,
            job_variables=job_variables or {},
        )  # fmt: skip
        return deployments.upsert(self._store, wanted).id

    def update_deployment(self, deployment_id: UUID, deployment: DeploymentUpdate) -> None:
        """Change what is given about a deployment."""
        deployments.update(self._store, deployment_id, deployment)

    def set_deployment_paused_state(self, deployment_id: UUID, paused: bool) -> None:
        """Let the schedules of a deployment rest, or go on."""
        (deployments.pause if paused else deployments.resume)(self._store, deployment_id)

    def pause_deployment(self, deployment_id: UUID | str) -> None:
        """Let the schedules of a deployment rest."""
        deployments.pause(self._store, deployment_id)

    def resume_deployment(self, deployment_id: UUID | str) -> None:
        """Let the schedules of a deployment go on."""
        deployments.resume(self._store, deployment_id)

    def read_deployment(self, deployment_id: UUID | str) -> Deployment:
        """Return a deployment; `ObjectNotFound` if there is none."""
        return deployments.read(self._store, deployment_id)

    def read_deployment_by_name(self, name: str) -> Deployment:
        """Return the deployment `flow/deployment`; `ObjectNotFound` if there is none."""
        return deployments.read_by_name(self._store, name)

    def read_deployments(
        self,
        *,
        flow_filter: FlowFilter | None = None,
        flow_run_filter: FlowRunFilter | None = None,
        task_run_filter: TaskRunFilter | None = None,
        deployment_filter: DeploymentFilter | None = None,
        limit: int | None = None,
        sort: DeploymentSort | None = None,
        offset: int = 0,
    ) -> list[Deployment]:
        """Return the deployments that every filter given lets through."""
        return deployments.select(
            self._store, flow_filter=flow_filter, flow_run_filter=flow_run_filter,
            task_run_filter=task_run_filter, deployment_filter=deployment_filter, sort=sort, limit=limit,
            offset=offset,
        )  # fmt: skip

    def delete_deployment(self, deployment_id: UUID) -> None:
        """Delete a deployment with its schedules and the runs of it that nobody began."""
        deployments.delete(self._store, deployment_id)

    def create_deployment_schedules(
        self,
        deployment_id: UUID,
        schedules: Sequence[DeploymentScheduleCreate | tuple[AnySchedule, bool]],
        max_scheduled_runs: int | None = None,
        parameters: Mapping[str, Any] | None = None,
        slug: str | None = None,
    ) -> list[DeploymentSchedule]:
        """Give a deployment more schedules; the last three arguments are for those given as pairs of schedule and activity."""
        return [
            deployment_schedules.add(
                self._store,
                deployment_id,
                each
                if isinstance(each, DeploymentScheduleCreate)
                else DeploymentScheduleCreate(
                    schedule=each[0], active=each[1], max_scheduled_runs=max_scheduled_runs,
                    parameters=parameters or {}, slug=slug,
                ),
            )
            for each in schedules
        ]  # fmt: skip

    def read_deployment_schedules(self, deployment_id: UUID) -> list[DeploymentSchedule]:
        """Return the schedules of a deployment."""
        return deployment_schedules.read_all(self._store, deployment_id)

    def update_deployment_schedule(
        self,
        deployment_id: UUID,
        schedule_id: UUID,
        active: bool | None = None,
        schedule: AnySchedule | None = None,
        max_scheduled_runs: int | None = None,
        parameters: Mapping[str, Any] | None = None,
        slug: str | None = None,
    ) -> None:
        """Change what is given about a schedule."""
        deployment_schedules.update(
            self._store, deployment_id, schedule_id, active=active, schedule=schedule,
            max_scheduled_runs=max_scheduled_runs, parameters=parameters, slug=slug,
        )  # fmt: skip

    def delete_deployment_schedule(self, deployment_id: UUID, schedule_id: UUID) -> None:
        """Delete a schedule with the runs it made and nobody began."""
        deployment_schedules.delete(self._store, deployment_id, schedule_id)

    def get_scheduled_flow_runs_for_deployments(
        self,
        deployment_ids: Sequence[UUID],
        scheduled_before: datetime | None = None,
        limit: int | None = None,
    ) -> list[FlowRun]:
        """Return the runs of these deployments that wait to be started, the first due first."""
        return deployments.scheduled_runs(
            self._store, deployment_ids, scheduled_before=scheduled_before, limit=limit
        )

    def create_flow_run_from_deployment(
        self,
        deployment_id: UUID,
        *,
        parameters: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
        state: State[Any] | None = None,
        name: str | None = None,
        tags: Iterable[str] | None = None,
        idempotency_key: str | None = None,
        parent_task_run_id: UUID | None = None,
        work_queue_name: str | None = None,
        job_variables: Mapping[str, Any] | None = None,
        labels: Mapping[str, bool | int | float | str] | None = None,
    ) -> FlowRun:
        """Make a run of a deployment that whoever serves it will execute."""
        return deployments.create_run(
            self._store, deployment_id, parameters=parameters, context=context, state=state, name=name,
            tags=tags or (), idempotency_key=idempotency_key, parent_task_run_id=parent_task_run_id,
            work_queue_name=work_queue_name, job_variables=job_variables, labels=labels,
        )  # fmt: skip


class DeploymentAsyncClient(OfStore):
    """The same for code that awaits, derived from `DeploymentClient`."""

    create_deployment = awaitable(DeploymentClient.create_deployment)
    update_deployment = awaitable(DeploymentClient.update_deployment)
    set_deployment_paused_state = awaitable(DeploymentClient.set_deployment_paused_state)
    pause_deployment = awaitable(DeploymentClient.pause_deployment)
    resume_deployment = awaitable(DeploymentClient.resume_deployment)
    read_deployment = awaitable(DeploymentClient.read_deployment)
    read_deployment_by_name = awaitable(DeploymentClient.read_deployment_by_name)
    read_deployments = awaitable(DeploymentClient.read_deployments)
    delete_deployment = awaitable(DeploymentClient.delete_deployment)
    create_deployment_schedules = awaitable(DeploymentClient.create_deployment_schedules)
    read_deployment_schedules = awaitable(DeploymentClient.read_deployment_schedules)
    update_deployment_schedule = awaitable(DeploymentClient.update_deployment_schedule)
    delete_deployment_schedule = awaitable(DeploymentClient.delete_deployment_schedule)
    get_scheduled_flow_runs_for_deployments = awaitable(
        DeploymentClient.get_scheduled_flow_runs_for_deployments
    )
    create_flow_run_from_deployment = awaitable(DeploymentClient.create_flow_run_from_deployment)
