"""What comes back from proposing a state, under Prefect's path."""

from pacc.schemas.responses import OrchestrationResult, SetStateStatus

__all__ = ["OrchestrationResult", "SetStateStatus"]
