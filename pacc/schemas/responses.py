"""What comes back when a state is proposed for a run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pacc.schemas.states import State


class SetStateStatus(StrEnum):
    """The verdict on a proposed state."""

    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    ABORT = "ABORT"
    WAIT = "WAIT"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrchestrationResult:
    """What became of a proposed state."""

    status: SetStateStatus
    """`ACCEPT`: written. `REJECT`: another state was written instead. `ABORT`: nothing was written."""
    state: State[Any] | None = None
    """The state the run is in now."""
    reason: str | None = None
    """Why it is not the one proposed."""
