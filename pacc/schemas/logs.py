"""One line of a run's log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCreate:
    """A line that somebody besides the run itself writes into a run's log."""

    name: str
    """The logger it comes through."""
    level: int
    """How serious it is, in the standard library's numbers."""
    message: str
    """What is said."""
    timestamp: datetime
    """When it was said."""
    flow_run_id: UUID | None = None
    """The flow run it is about."""
    task_run_id: UUID | None = None
    """The task run it is about; enough by itself, since that knows its flow run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """One line that a flow run, or a task run inside it, logged."""

    id: UUID
    """The line's id: the same each time the line is read."""
    name: str
    """The logger it came through, e.g. `pacc.task_runs`."""
    level: int
    """How serious it is, in the standard library's numbers: 20 is INFO, 40 is ERROR."""
    message: str
    """What was said, with the traceback of an error below it."""
    timestamp: datetime
    """When it was said."""
    flow_run_id: UUID | None = None
    """The flow run whose log the line stands in; unset for a task that ran outside of flows."""
    task_run_id: UUID | None = None
    """The task run that said it; unset when the flow itself did."""
    task_run_name: str | None = None
    """That task run's name at the time."""
    extra: Mapping[str, Any] | None = None
    """The structured fields that were handed over beside the message."""
    created: datetime | None = None
    """When the line was kept: `timestamp`, since lines are written as they are said."""
    updated: datetime | None = None
    """Never set; a line does not change."""
