"""Tasks on a Ray cluster: one started on this machine for the flow run, or one that is there. Needs the extra `pacc[ray]`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Self

import cloudpickle

from pacc._internal.steps import Effect, Outcome
from pacc.engine.features.timeouts import exceeded
from pacc.exceptions import SerializationError, WorkerLost
from pacc.futures import PaccConcurrentFuture
from pacc.settings import get_current_settings
from pacc.states import Cancelled
from pacc.task_runners.base import TaskRunner
from pacc.task_runners.parcels import Reply, packed
from pacc.task_runners.processes import settle
from pacc.task_runners.threads import DEFAULT_MAX_WORKERS, WorkerThreads
from pacc.task_runners.worker_process import answer_here

try:
    import ray
    from ray.exceptions import GetTimeoutError, RayError
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        "a RayTaskRunner needs the package ray; install the extra: pip install 'pacc[ray]'", name=missing.name
    ) from None

if TYPE_CHECKING:
    from types import TracebackType

    from pacc.engine.task_run import TaskCall

__all__ = ["RayTaskRunner"]

GRACE = 5.0
"""Seconds that a task gets beyond its timeout, for its way to the cluster and back, before its worker is killed."""


class RayTaskRunner(TaskRunner[PaccConcurrentFuture[Any]]):
    """Executes the functions of tasks on a Ray cluster.

    States, retries and hooks are the flow's process's business, as with a `ProcessPoolTaskRunner`; what tasks log goes to the flow
    run's log, so workers on other machines must see the same `PACC_HOME`. Where this process has called `ray.init` already, that
    connection is used, and left open.

    Args:
        address: the cluster to connect to; without it one is started on this machine, and shut down with the flow run.
        init_kwargs: more options of `ray.init`.

    >>> RayTaskRunner(init_kwargs={"num_cpus": 2})
    RayTaskRunner()
    """

    def __init__(self, address: str | None = None, init_kwargs: dict[str, Any] | None = None) -> None:
        super().__init__()
        self._address = address
        self._init_kwargs = init_kwargs or {}
        self._ours = False
        self._threads: WorkerThreads | None = None

    def duplicate(self) -> Self:
        """Return one with the same options."""
        return type(self)(self._address, self._init_kwargs)

    def submit(
        self, task: Any, parameters: dict[str, Any], wait_for: Any = None, dependencies: Any = None
    ) -> PaccConcurrentFuture[Any]:
        """Queue a task for the cluster and return its future; see `TaskRunner.submit`."""
        del dependencies
        future = self.prepare(task, parameters, wait_for, body=RayCall)
        if self._threads is not None:
            self._threads.put(future)
        return future

    def cancel_all(self) -> None:
        """End all tasks that have not started as `Cancelled`."""
        for future in self._threads.queued() if self._threads is not None else ():
            future.call_off(Cancelled(message="Not started: the task runner was told to cancel everything."))

    def __enter__(self) -> Self:
        super().__enter__()
        if not ray.is_initialized():
            options = {"address": self._address, **self._init_kwargs}
            if self._address is None:
                options = {"include_dashboard": False, "log_to_driver": False, **options}
            options.setdefault("runtime_env", {"env_vars": _environment()})
            ray.init(**options)
            self._ours = True
        self._threads = WorkerThreads(DEFAULT_MAX_WORKERS, f"pacc-{self.name}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.close(wait=kind is None)
        if self._ours:
            ray.shutdown()


def _environment() -> dict[str, str]:
    """Return what a worker needs to find the same modules and the same home."""
    settings = get_current_settings().to_environment_variables(exclude_unset=True)
    return {**settings, "PYTHONPATH": os.pathsep.join(sys.path)}


class RayCall(Effect):
    """Call a task's function on the cluster, and answer with its outcome."""

    __slots__ = ("args", "call", "kwargs")

    def __init__(self, call: TaskCall, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.call = call
        self.args = args
        self.kwargs = kwargs

    def run(self) -> Outcome:
        """Wait for it in this thread."""
        try:
            parcel = packed(self.call, self.args, self.kwargs)
        except SerializationError as error:
            return Outcome(error=error)
        timeout = self.call.task.timeout_seconds
        remote: Any = ray.remote(answer_here)
        there = remote.options(name=self.call.run.name, max_retries=0).remote(parcel)
        try:
            answer = ray.get(there, timeout=None if timeout is None else timeout + GRACE)
        except GetTimeoutError:
            ray.cancel(there, force=True)
            return Outcome(error=exceeded("Task", timeout or 0))
        except RayError as error:
            raise WorkerLost(f"The Ray worker that executed it is gone: {type(error).__name__}.") from None
        reply: Reply = cloudpickle.loads(answer)
        return settle(self.call, reply)
