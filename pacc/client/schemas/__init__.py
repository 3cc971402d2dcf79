"""The records the client takes and gives, under Prefect's paths. They are those of `pacc.schemas`."""

from pacc.schemas.blocks import (
    DEFAULT_BLOCK_SCHEMA_VERSION,
    BlockDocument,
    BlockSchema,
    BlockType,
    BlockTypeUpdate,
)
from pacc.schemas.deployments import (
    ConcurrencyLimitConfig,
    ConcurrencyLimitStrategy,
    ConcurrencyOptions,
    Deployment,
    DeploymentSchedule,
    DeploymentStatus,
)
from pacc.schemas.flow_runs import FlowRun, FlowRunPolicy
from pacc.schemas.responses import OrchestrationResult, SetStateStatus
from pacc.schemas.states import State, StateDetails, StateType
from pacc.schemas.task_runs import TaskRun, TaskRunPolicy

__all__ = [
    "DEFAULT_BLOCK_SCHEMA_VERSION",
    "BlockDocument",
    "BlockSchema",
    "BlockType",
    "BlockTypeUpdate",
    "ConcurrencyLimitConfig",
    "ConcurrencyLimitStrategy",
    "ConcurrencyOptions",
    "Deployment",
    "DeploymentSchedule",
    "DeploymentStatus",
    "FlowRun",
    "FlowRunPolicy",
    "OrchestrationResult",
    "SetStateStatus",
    "State",
    "StateDetails",
    "StateType",
    "TaskRun",
    "TaskRunPolicy",
]
