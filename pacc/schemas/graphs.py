"""The graph of a flow run: the runs in it, which run's code called which, and which result went where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A stretch in which a run was there and its code did not run."""

    kind: str
    """`slot` before it began, `retry` until its next try, `pause` until somebody resumed it."""
    began: datetime
    ended: datetime | None
    """Nothing while it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode:
    """One run. A nested flow run and the task run that stands for it are one node."""

    id: UUID
    """The flow run's or the task run's id."""
    kind: str
    """`flow-run` or `task-run`."""
    name: str
    """The run's name."""
    subject: str
    """What it is a run of: the name of the flow or the task."""
    inside: UUID | None
    """The node whose code called it; `None` for the flow run whose graph this is."""
    task_run_id: UUID | None = None
    """For a nested flow run the task run that stands for it in the flow run around."""
    state_type: str
    state_name: str
    start_time: datetime | None = None
    end_time: datetime | None = None
    total_run_time: timedelta
    """How long its code ran, up to its last state."""
    waits: tuple[Wait, ...] = ()
    """When it did not run, the first stretch first. A flow run's time before its first beginning is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphEdge:
    """One run's result became an argument of another, or was waited for."""

    source: UUID
    """The node whose result it was."""
    target: UUID
    """The node that got it."""
    parameter: str
    """The parameter's name; `wait_for` where nothing but the end was waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRunGraph:
    """What ran within a flow run, to any depth."""

    root: UUID
    """The flow run."""
    nodes: tuple[GraphNode, ...]
    """Every run, in the order of the calls; the flow run itself comes first."""
    edges: tuple[GraphEdge, ...]
    """In the order of their targets. Results of runs outside the graph have none."""
