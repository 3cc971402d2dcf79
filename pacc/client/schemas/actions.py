"""What the client takes to make and change things, under Prefect's path."""

from pacc.schemas.artifacts import ArtifactCreate, ArtifactUpdate
from pacc.schemas.blocks import (
    BlockDocumentCreate,
    BlockDocumentUpdate,
    BlockSchemaCreate,
    BlockTypeCreate,
    BlockTypeUpdate,
)
from pacc.schemas.concurrency import GlobalConcurrencyLimitCreate, GlobalConcurrencyLimitUpdate
from pacc.schemas.deployments import DeploymentCreate, DeploymentScheduleCreate, DeploymentUpdate
from pacc.schemas.logs import LogCreate
from pacc.schemas.variables import VariableCreate, VariableUpdate
from pacc.schemas.work_pools import (
    WorkPoolCreate,
    WorkPoolUpdate,
    WorkQueueCreate,
    WorkQueueUpdate,
)

__all__ = [
    "ArtifactCreate",
    "ArtifactUpdate",
    "BlockDocumentCreate",
    "BlockDocumentUpdate",
    "BlockSchemaCreate",
    "BlockTypeCreate",
    "BlockTypeUpdate",
    "DeploymentCreate",
    "DeploymentScheduleCreate",
    "DeploymentUpdate",
    "GlobalConcurrencyLimitCreate",
    "GlobalConcurrencyLimitUpdate",
    "LogCreate",
    "VariableCreate",
    "VariableUpdate",
    "WorkPoolCreate",
    "WorkPoolUpdate",
    "WorkQueueCreate",
    "WorkQueueUpdate",
]
