"""Records of runs and what belongs to them, under Prefect's path."""

from pacc.schemas.artifacts import Artifact, ArtifactCollection
from pacc.schemas.blocks import DEFAULT_BLOCK_SCHEMA_VERSION, BlockDocument, BlockSchema, BlockType
from pacc.schemas.concurrency import ConcurrencyLeaseHolder, GlobalConcurrencyLimit
from pacc.schemas.deployments import (
    ConcurrencyLimitConfig,
    ConcurrencyLimitStrategy,
    ConcurrencyOptions,
    Deployment,
    DeploymentSchedule,
    DeploymentStatus,
)
from pacc.schemas.flow_runs import CreatedBy, FlowRun, FlowRunPolicy
from pacc.schemas.flows import Flow
from pacc.schemas.logs import Log
from pacc.schemas.run_inputs import FlowRunInput
from pacc.schemas.states import TERMINAL_STATES, State, StateDetails, StateType
from pacc.schemas.task_runs import TaskRun, TaskRunPolicy
from pacc.schemas.variables import MAX_VARIABLE_NAME_LENGTH, Variable
from pacc.schemas.work_pools import (
    Worker,
    WorkerStatus,
    WorkPool,
    WorkPoolStatus,
    WorkQueue,
    WorkQueueHealthPolicy,
    WorkQueueStatus,
    WorkQueueStatusDetail,
)

__all__ = [
    "DEFAULT_BLOCK_SCHEMA_VERSION",
    "MAX_VARIABLE_NAME_LENGTH",
    "TERMINAL_STATES",
    "Artifact",
    "ArtifactCollection",
    "BlockDocument",
    "BlockSchema",
    "BlockType",
    "ConcurrencyLeaseHolder",
    "ConcurrencyLimitConfig",
    "ConcurrencyLimitStrategy",
    "ConcurrencyOptions",
    "CreatedBy",
    "Deployment",
    "DeploymentSchedule",
    "DeploymentStatus",
    "Flow",
    "FlowRun",
    "FlowRunInput",
    "FlowRunPolicy",
    "GlobalConcurrencyLimit",
    "Log",
    "State",
    "StateDetails",
    "StateType",
    "TaskRun",
    "TaskRunPolicy",
    "Variable",
    "WorkPool",
    "WorkPoolStatus",
    "WorkQueue",
    "WorkQueueHealthPolicy",
    "WorkQueueStatus",
    "WorkQueueStatusDetail",
    "Worker",
    "WorkerStatus",
]
