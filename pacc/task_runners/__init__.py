"""Task runners: where the tasks that a flow submits are executed."""

from __future__ import annotations

from pacc.task_runners.base import TaskRunner
from pacc.task_runners.processes import ProcessPoolTaskRunner
from pacc.task_runners.sequential import SequentialTaskRunner
from pacc.task_runners.threads import ConcurrentTaskRunner, ThreadPoolTaskRunner

__all__ = [
    "ConcurrentTaskRunner",
    "ProcessPoolTaskRunner",
    "SequentialTaskRunner",
    "TaskRunner",
    "ThreadPoolTaskRunner",
]
