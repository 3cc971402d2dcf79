"""What listings can be narrowed to: Prefect's filters, name for name.

A filter holds one part for each property; a part says what the property must be. Parts are joined by the filter's `operator`,
all of them unless it says `or_`, and a filter without parts lets everything through. Nested filters may be written as dicts.

>>> FlowRunFilter(state={"type": {"any_": ["FAILED"]}})
FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[<StateType.FAILED: 'FAILED'>])))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.schemas.criteria import Criteria, Operator

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from pacc.schemas.states import StateType

# -- what a part may ask -----------------------------------------------------------------------------------------------
# any_       one of these                     not_any_   none of these; an unset property is none of them
# like_      contains this, whatever the case before_    at this moment or earlier
# after_     at this moment or later          is_null_   is unset (tags: is empty), or with False is not
# all_       has all of these tags            ge_, le_   at least, at most


# -- flows -------------------------------------------------------------------------------------------------------------


class FlowFilterId(Criteria):
    """By the flow's id."""

    any_: list[UUID] | None = None


class FlowFilterName(Criteria):
    """By the flow's name."""

    any_: list[str] | None = None
    like_: str | None = None


class FlowFilterTags(Criteria):
    """By the flow's tags."""

    operator: Operator = Operator.and_
    all_: list[str] | None = None
    is_null_: bool | None = None


class FlowFilter(Criteria):
    """Which flows."""

    operator: Operator = Operator.and_
    id: FlowFilterId | None = None
    name: FlowFilterName | None = None
    tags: FlowFilterTags | None = None


# -- flow runs ---------------------------------------------------------------------------------------------------------


class FlowRunFilterId(Criteria):
    """By the run's id."""

    any_: list[UUID] | None = None
    not_any_: list[UUID] | None = None


class FlowRunFilterName(Criteria):
    """By the run's name."""

    any_: list[str] | None = None
    like_: str | None = None


class FlowRunFilterTags(Criteria):
    """By the run's tags."""

    operator: Operator = Operator.and_
    all_: list[str] | None = None
    any_: list[str] | None = None
    is_null_: bool | None = None


class FlowRunFilterDeploymentId(Criteria):
    """By the deployment the run was made from."""

    operator: Operator = Operator.and_
    any_: list[UUID] | None = None
    is_null_: bool | None = None


class FlowRunFilterWorkQueueName(Criteria):
    """By the work queue the run waits in."""

    operator: Operator = Operator.and_
    any_: list[str] | None = None
    is_null_: bool | None = None


class FlowRunFilterWorkPoolName(Criteria):
    """By the work pool the run goes to; Prefect has a filter of its own for pools there."""

    operator: Operator = Operator.and_
    any_: list[str] | None = None
    is_null_: bool | None = None


class FlowRunFilterStateType(Criteria):
    """By the type of the run's state."""

    any_: list[StateType] | None = None
    not_any_: list[StateType] | None = None


class FlowRunFilterStateName(Criteria):
    """By the name of the run's state."""

    any_: list[str] | None = None
    not_any_: list[str] | None = None


class FlowRunFilterState(Criteria):
    """By the run's state."""

    operator: Operator = Operator.and_
    type: FlowRunFilterStateType | None = None
    name: FlowRunFilterStateName | None = None


class FlowRunFilterFlowVersion(Criteria):
    """By the version of the flow's code."""

    any_: list[str] | None = None


class FlowRunFilterStartTime(Criteria):
    """By when the run's code first ran."""

    before_: datetime | None = None
    after_: datetime | None = None
    is_null_: bool | None = None


class FlowRunFilterEndTime(Criteria):
    """By when the run ended."""

    before_: datetime | None = None
    after_: datetime | None = None
    is_null_: bool | None = None


class FlowRunFilterExpectedStartTime(Criteria):
    """By when the run should have started first."""

    before_: datetime | None = None
    after_: datetime | None = None


class FlowRunFilterNextScheduledStartTime(Criteria):
    """By when a waiting run is due."""

    before_: datetime | None = None
    after_: datetime | None = None


class FlowRunFilterParentFlowRunId(Criteria):
    """By the flow run that called the run."""

    operator: Operator = Operator.and_
    any_: list[UUID] | None = None
    is_null_: bool | None = None


class FlowRunFilterParentTaskRunId(Criteria):
    """By the task run that stands for the run in its parent."""

    operator: Operator = Operator.and_
    any_: list[UUID] | None = None
    is_null_: bool | None = None


class FlowRunFilterIdempotencyKey(Criteria):
    """By the run's idempotency key."""

    any_: list[str] | None = None
    not_any_: list[str] | None = None


class FlowRunFilterCreatedBy(Criteria):
    """By who or what made the run."""

    operator: Operator = Operator.and_
    id_: list[UUID] | None = None
    type_: list[str] | None = None
    is_null_: bool | None = None


class FlowRunFilter(Criteria):
    """Which flow runs."""

    operator: Operator = Operator.and_
    id: FlowRunFilterId | None = None
    name: FlowRunFilterName | None = None
    tags: FlowRunFilterTags | None = None
    deployment_id: FlowRunFilterDeploymentId | None = None
    work_queue_name: FlowRunFilterWorkQueueName | None = None
    work_pool_name: FlowRunFilterWorkPoolName | None = None
    state: FlowRunFilterState | None = None
    flow_version: FlowRunFilterFlowVersion | None = None
    start_time: FlowRunFilterStartTime | None = None
    end_time: FlowRunFilterEndTime | None = None
    expected_start_time: FlowRunFilterExpectedStartTime | None = None
    next_scheduled_start_time: FlowRunFilterNextScheduledStartTime | None = None
    parent_flow_run_id: FlowRunFilterParentFlowRunId | None = None
    parent_task_run_id: FlowRunFilterParentTaskRunId | None = None
    idempotency_key: FlowRunFilterIdempotencyKey | None = None
    created_by: FlowRunFilterCreatedBy | None = None


# -- task runs ---------------------------------------------------------------------------------------------------------


class TaskRunFilterId(Criteria):
    """By the run's id."""

    any_: list[UUID] | None = None


class TaskRunFilterFlowRunId(Criteria):
    """By the flow run it was called in; with neither part set, any task run that was called in one."""

    any_: list[UUID] | None = None
    is_null_: bool = False


class TaskRunFilterName(Criteria):
    """By the run's name."""

    any_: list[str] | None = None
    like_: str | None = None


class TaskRunFilterTags(Criteria):
    """By the run's tags."""

    operator: Operator = Operator.and_
    all_: list[str] | None = None
    is_null_: bool | None = None


class TaskRunFilterStateType(Criteria):
    """By the type of the run's state."""

    any_: list[StateType] | None = None


class TaskRunFilterStateName(Criteria):
    """By the name of the run's state."""

    any_: list[str] | None = None


class TaskRunFilterState(Criteria):
    """By the run's state."""

    operator: Operator = Operator.and_
    type: TaskRunFilterStateType | None = None
    name: TaskRunFilterStateName | None = None


class TaskRunFilterSubFlowRuns(Criteria):
    """By whether the run stands for a nested flow run."""

    exists_: bool | None = None


class TaskRunFilterStartTime(Criteria):
    """By when the run's code first ran."""

    before_: datetime | None = None
    after_: datetime | None = None
    is_null_: bool | None = None


class TaskRunFilterEndTime(Criteria):
    """By when the run ended."""

    before_: datetime | None = None
    after_: datetime | None = None
    is_null_: bool | None = None


class TaskRunFilter(Criteria):
    """Which task runs."""

    operator: Operator = Operator.and_
    id: TaskRunFilterId | None = None
    name: TaskRunFilterName | None = None
    tags: TaskRunFilterTags | None = None
    state: TaskRunFilterState | None = None
    start_time: TaskRunFilterStartTime | None = None
    end_time: TaskRunFilterEndTime | None = None
    subflow_runs: TaskRunFilterSubFlowRuns | None = None
    flow_run_id: TaskRunFilterFlowRunId | None = None


# -- deployments -------------------------------------------------------------------------------------------------------


class DeploymentFilterId(Criteria):
    """By the deployment's id."""

    any_: list[UUID] | None = None
    not_any_: list[UUID] | None = None


class DeploymentFilterName(Criteria):
    """By the deployment's name."""

    any_: list[str] | None = None
    like_: str | None = None


class DeploymentFilterWorkQueueName(Criteria):
    """By the work queue its runs wait in."""

    any_: list[str] | None = None


class DeploymentFilterWorkPoolName(Criteria):
    """By the work pool its runs go to; Prefect has a filter of its own for pools there."""

    any_: list[str] | None = None


class DeploymentFilterTags(Criteria):
    """By the deployment's tags."""

    operator: Operator = Operator.and_
    all_: list[str] | None = None
    any_: list[str] | None = None
    is_null_: bool | None = None


class DeploymentFilterConcurrencyLimit(Criteria):
    """By how many of its runs may be open at once."""

    ge_: int | None = None
    le_: int | None = None
    is_null_: bool | None = None


class DeploymentFilter(Criteria):
    """Which deployments."""

    operator: Operator = Operator.and_
    id: DeploymentFilterId | None = None
    name: DeploymentFilterName | None = None
    tags: DeploymentFilterTags | None = None
    work_queue_name: DeploymentFilterWorkQueueName | None = None
    work_pool_name: DeploymentFilterWorkPoolName | None = None
    concurrency_limit: DeploymentFilterConcurrencyLimit | None = None


# -- work pools --------------------------------------------------------------------------------------------------------


class WorkPoolFilterId(Criteria):
    """By the pool's id."""

    any_: list[UUID] | None = None


class WorkPoolFilterName(Criteria):
    """By the pool's name."""

    any_: list[str] | None = None


class WorkPoolFilterType(Criteria):
    """By what kind of worker takes its runs."""

    any_: list[str] | None = None


class WorkPoolFilter(Criteria):
    """Which work pools."""

    operator: Operator = Operator.and_
    id: WorkPoolFilterId | None = None
    name: WorkPoolFilterName | None = None
    type: WorkPoolFilterType | None = None


class WorkQueueFilterId(Criteria):
    """By the queue's id."""

    any_: list[UUID] | None = None


class WorkQueueFilterName(Criteria):
    """By the queue's name."""

    any_: list[str] | None = None
    startswith_: list[str] | None = None


class WorkQueueFilter(Criteria):
    """Which work queues."""

    operator: Operator = Operator.and_
    id: WorkQueueFilterId | None = None
    name: WorkQueueFilterName | None = None


class WorkerFilterLastHeartbeatTime(Criteria):
    """By when the worker last said that it is there."""

    before_: datetime | None = None
    after_: datetime | None = None


class WorkerFilterStatus(Criteria):
    """By whether the worker lives."""

    any_: list[str] | None = None
    not_any_: list[str] | None = None


class WorkerFilter(Criteria):
    """Which workers."""

    operator: Operator = Operator.and_
    last_heartbeat_time: WorkerFilterLastHeartbeatTime | None = None
    status: WorkerFilterStatus | None = None


# -- artifacts ---------------------------------------------------------------------------------------------------------


class ArtifactFilterId(Criteria):
    """By the artifact's id."""

    any_: list[UUID] | None = None


class ArtifactFilterKey(Criteria):
    """By the artifact's key; `exists_` asks for those that have one, or have none."""

    any_: list[str] | None = None
    like_: str | None = None
    exists_: bool | None = None


class ArtifactFilterFlowRunId(Criteria):
    """By the flow run that made it."""

    any_: list[UUID] | None = None


class ArtifactFilterTaskRunId(Criteria):
    """By the task run that made it."""

    any_: list[UUID] | None = None


class ArtifactFilterType(Criteria):
    """By the artifact's kind."""

    any_: list[str] | None = None
    not_any_: list[str] | None = None


class ArtifactFilter(Criteria):
    """Which artifacts."""

    operator: Operator = Operator.and_
    id: ArtifactFilterId | None = None
    key: ArtifactFilterKey | None = None
    flow_run_id: ArtifactFilterFlowRunId | None = None
    task_run_id: ArtifactFilterTaskRunId | None = None
    type: ArtifactFilterType | None = None


class ArtifactCollectionFilterLatestId(Criteria):
    """By the latest version's id."""

    any_: list[UUID] | None = None


class ArtifactCollectionFilter(Criteria):
    """Which keys of artifacts, by their latest versions."""

    operator: Operator = Operator.and_
    latest_id: ArtifactCollectionFilterLatestId | None = None
    key: ArtifactFilterKey | None = None
    flow_run_id: ArtifactFilterFlowRunId | None = None
    task_run_id: ArtifactFilterTaskRunId | None = None
    type: ArtifactFilterType | None = None


# -- log lines ---------------------------------------------------------------------------------------------------------


class LogFilterName(Criteria):
    """By the logger the line came through."""

    any_: list[str] | None = None


class LogFilterLevel(Criteria):
    """By how serious the line is, in the standard library's numbers."""

    ge_: int | None = None
    le_: int | None = None


class LogFilterTimestamp(Criteria):
    """By when it was said."""

    before_: datetime | None = None
    after_: datetime | None = None


class LogFilterFlowRunId(Criteria):
    """By the flow run whose log it stands in."""

    any_: list[UUID] | None = None


class LogFilterTaskRunId(Criteria):
    """By the task run that said it."""

    any_: list[UUID] | None = None


class LogFilterTextSearch(Criteria):
    """By what was said."""

    query: str

    def __init__(self, *, query: str) -> None:
        super().__init__(query=query)
        if len(query) > 200:
            raise ValueError(f"LogFilterTextSearch.query takes at most 200 characters, not {len(query)}")


class LogFilter(Criteria):
    """Which log lines."""

    operator: Operator = Operator.and_
    level: LogFilterLevel | None = None
    timestamp: LogFilterTimestamp | None = None
    flow_run_id: LogFilterFlowRunId | None = None
    task_run_id: LogFilterTaskRunId | None = None
    text: LogFilterTextSearch | None = None
