"""What a person chooses from: words that options of commands, settings and files take, apart from what they do.

With them those that stand where nobody chose.
"""

from __future__ import annotations

from enum import StrEnum

DEFAULT_QUEUE = "default"
"""The queue that every pool has from the beginning."""

DEFAULT_AGENT_POOL = "default-agent-pool"
"""The pool of queues that were made without naming one, which agents look into."""

PROCESS = "process"
"""The type of pools whose runs are processes of this machine."""


class StateType(StrEnum):
    """The nine kinds of state; names refine them, decisions are made on them."""

    SCHEDULED = "SCHEDULED"
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    CRASHED = "CRASHED"
    PAUSED = "PAUSED"
    CANCELLING = "CANCELLING"


class Catchup(StrEnum):
    """What becomes of times that passed while nothing was there to run them."""

    NONE = "none"
    """They are passed over."""
    LATEST = "latest"
    """The newest of them is run, the others are passed over."""
    ALL = "all"
    """Each of them is run."""


class Overlap(StrEnum):
    """What becomes of a run that is due while an earlier run of its schedule has not ended."""

    ALLOW = "allow"
    """It runs beside it."""
    SKIP = "skip"
    """It is passed over."""
    CANCEL_PREVIOUS = "cancel_previous"
    """It runs, and the earlier one is cancelled."""


class ConcurrencyLimitStrategy(StrEnum):
    """What happens to a run that finds its deployment's limit reached."""

    ENQUEUE = "ENQUEUE"
    CANCEL_NEW = "CANCEL_NEW"
