"""One task after the other, each finished before `submit` returns: for debugging, and for what must not run at once."""

from __future__ import annotations

from typing import Any, Self

from pacc.futures import PaccConcurrentFuture
from pacc.task_runners.base import TaskRunner


class SequentialTaskRunner(TaskRunner[PaccConcurrentFuture[Any]]):
    """Executes each task where and when it is submitted.

    >>> from pacc import flow, task
    >>> @task
    ... def double(number: int) -> int:
    ...     return 2 * number
    >>> @flow(task_runner=SequentialTaskRunner())
    ... def doubled() -> int:
    ...     return double.submit(21).result()
    >>> doubled()
    42
    """

    def duplicate(self) -> Self:
        """Return another one."""
        return type(self)()

    def submit(
        self, task: Any, parameters: dict[str, Any], wait_for: Any = None, dependencies: Any = None
    ) -> PaccConcurrentFuture[Any]:
        """Execute a task and return its future, which is done; see `TaskRunner.submit`."""
        del dependencies
        future = self.prepare(task, parameters, wait_for)
        if future.claim():
            future.execute()
        return future
