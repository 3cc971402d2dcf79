"""What comes back from proposing a state, and from asking about work pools, under Prefect's path."""

from pacc.schemas.responses import OrchestrationResult, SetStateStatus
from pacc.schemas.work_pools import (
    FlowRunSlotSummary,
    WorkerFlowRunResponse,
    WorkPoolConcurrencyStatus,
    WorkQueueConcurrencyStatus,
)

__all__ = [
    "FlowRunSlotSummary",
    "OrchestrationResult",
    "SetStateStatus",
    "WorkPoolConcurrencyStatus",
    "WorkQueueConcurrencyStatus",
    "WorkerFlowRunResponse",
]
