"""What a store holds and how much room it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreStats:
    """What a store holds and how much room it takes; sizes are bytes."""

    path: str
    """The store's file."""
    size: int
    """The file's size."""
    unused: int
    """What of it nothing uses; `pacc db vacuum` gives it back."""
    log_size: int
    """The size of the write-ahead log beside it."""
    logs: int
    """How many log files runs have."""
    logs_size: int
    """How big they are together."""
    results_size: int
    """How big the kept results in the home's storage are together."""
    flow_runs: dict[str, int]
    """How many flow runs there are, by type of state."""
    first_run: datetime | None
    """When the oldest flow run was made."""
    last_run: datetime | None
    """When the newest flow run was made."""
    rows: dict[str, int]
    """How many there are of everything else."""
    old_flow_runs: int
    """Flow runs that ended so long ago that retention deletes them."""
    old_task_runs: int
    """Task runs outside of flows that ended so long ago."""
