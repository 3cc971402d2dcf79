"""Task runners: where the tasks that a flow submits are executed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pacc.task_runners.base import TaskRunner
from pacc.task_runners.sequential import SequentialTaskRunner
from pacc.task_runners.threads import ConcurrentTaskRunner, ThreadPoolTaskRunner

if TYPE_CHECKING:
    from typing import Any

    from pacc.task_runners.processes import ProcessPoolTaskRunner

__all__ = [
    "ConcurrentTaskRunner",
    "ProcessPoolTaskRunner",
    "SequentialTaskRunner",
    "TaskRunner",
    "ThreadPoolTaskRunner",
]


def __getattr__(name: str) -> Any:
    """Return the runner whose needs, pickling and processes, few flows have."""
    if name == "ProcessPoolTaskRunner":
        return import_module("pacc.task_runners.processes").ProcessPoolTaskRunner  # start-up
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
