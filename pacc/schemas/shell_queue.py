"""The queue of shell commands as it stands: groups, and their jobs in the order they run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.work_pools import WorkQueue

POOL = "shell"
"""The work pool of the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellJob:
    """A command of the queue."""

    run: FlowRun
    """Its flow run; the command is a parameter of it."""
    priority: int = 0
    """Of those that wait in a group the highest goes first."""
    after: tuple[str, ...] = ()
    """The names of the runs it comes after that have not ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellGroup:
    """A group of the queue with its jobs."""

    queue: WorkQueue
    """The work queue it is: its name, how many of its commands run at once, whether it is paused."""
    is_attended: bool
    """Whether some living worker executes its commands."""
    jobs: tuple[ShellJob, ...] = ()
    """Those that run, those that wait in the order they run, those that were put aside, and those that ended, the newest first."""

    @property
    def running(self) -> int:
        """How many of its places are taken."""
        return self.queue.active_slots

    @property
    def is_full(self) -> bool:
        """Whether all of its places are taken."""
        limit = self.queue.concurrency_limit
        return limit is not None and self.running >= limit
