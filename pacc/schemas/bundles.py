"""What is known of one flow run, all in one record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pacc.schemas.artifacts import Artifact
    from pacc.schemas.deployments import Deployment
    from pacc.schemas.events import ReceivedEvent
    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.flows import Flow
    from pacc.schemas.states import State
    from pacc.schemas.task_runs import TaskRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A flow run with all that belongs to it."""

    run: FlowRun
    """The run."""
    flow: Flow
    """Its flow."""
    deployment: Deployment | None
    """Its deployment, as far as there is one."""
    nested_runs: Sequence[FlowRun]
    """The runs it called, and those these called, the oldest first."""
    states: Mapping[str, Sequence[State[Any]]]
    """Every state each of these runs had, by the run's id."""
    task_runs: Sequence[TaskRun]
    """The task runs in them."""
    events: Sequence[ReceivedEvent]
    """What was told of them, the first first."""
    artifacts: Sequence[Artifact]
    """What they made."""
