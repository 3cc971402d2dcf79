"""What the client takes to make and change things, under Prefect's path."""

from pacc.schemas.artifacts import ArtifactCreate, ArtifactUpdate
from pacc.schemas.concurrency import GlobalConcurrencyLimitCreate, GlobalConcurrencyLimitUpdate
from pacc.schemas.variables import VariableCreate, VariableUpdate

__all__ = [
    "ArtifactCreate",
    "ArtifactUpdate",
    "GlobalConcurrencyLimitCreate",
    "GlobalConcurrencyLimitUpdate",
    "VariableCreate",
    "VariableUpdate",
]
