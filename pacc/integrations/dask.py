"""Tasks on a Dask cluster: one made for the flow run, or one that is there already. Needs the extra `pacc[dask]`."""

from __future__ import annotations

from contextlib import ExitStack
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
    import dask
    import distributed
    from distributed.scheduler import KilledWorker
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        "a DaskTaskRunner needs the packages dask and distributed; install the extra: pip install 'pacc[dask]'",
        name=missing.name,
    ) from None

if TYPE_CHECKING:
    from types import TracebackType

    from pacc.engine.task_run import TaskCall

__all__ = ["DaskTaskRunner"]

GRACE = 5.0
"""Seconds that a task gets beyond its timeout, for its way to the cluster and back."""


class DaskTaskRunner(TaskRunner[PaccConcurrentFuture[Any]]):
    """Executes the functions of tasks on a Dask cluster.

    States, retries and hooks are the flow's process's business, as with a `ProcessPoolTaskRunner`; what tasks log goes to the flow
    run's log, so workers on other machines must see the same `PACC_HOME`.

    Args:
        cluster: a cluster that is there already; it is used, and left as it is.
        address: the address of a scheduler to connect to.
        cluster_class: what makes a cluster for each flow run, a class or its dotted name; `distributed.LocalCluster` by default.
        cluster_kwargs: its options.
        adapt_kwargs: options of `cluster.adapt(...)`, where the cluster is to grow and shrink.
        client_kwargs: options of the `distributed.Client`.

    Raises:
        ValueError: more than one of `cluster`, `address` and `cluster_class` was given, or options that fit none of them.

    >>> DaskTaskRunner(cluster_kwargs={"n_workers": 2})
    DaskTaskRunner()
    """

    def __init__(
        self,
        cluster: Any = None,
        address: str | None = None,
        cluster_class: Any = None,
        cluster_kwargs: dict[str, Any] | None = None,
        adapt_kwargs: dict[str, Any] | None = None,
        client_kwargs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()
        given = [
            name
            for name, value in (("cluster", cluster), ("address", address), ("cluster_class", cluster_class))
            if value
        ]
        if len(given) > 1:
            raise ValueError(f"give a DaskTaskRunner one of {' and '.join(given)}, not both")
        if (cluster or address) and cluster_kwargs:
            raise ValueError(
                f"`cluster_kwargs` are for a cluster that is made, and {given[0]!r} names one that is there"
            )
        self._options = {
            "cluster": cluster,
            "address": address,
            "cluster_class": cluster_class,
            "cluster_kwargs": cluster_kwargs,
            "adapt_kwargs": adapt_kwargs,
            "client_kwargs": client_kwargs,
        }
        self._stack = ExitStack()
        self._client: Any = None
        self._threads: WorkerThreads | None = None

    def duplicate(self) -> Self:
        """Return one with the same options."""
        return type(self)(**self._options)

    def submit(
        self, task: Any, parameters: dict[str, Any], wait_for: Any = None, dependencies: Any = None
    ) -> PaccConcurrentFuture[Any]:
        """Queue a task for the cluster and return its future; see `TaskRunner.submit`."""
        del dependencies
        future = self.prepare(task, parameters, wait_for, body=self._remotely)
        if self._threads is not None:
            self._threads.put(future)
        return future

    def _remotely(self, call: TaskCall, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Effect:
        return DaskCall(self._client, call, args, kwargs)

    def cancel_all(self) -> None:
        """End all tasks that have not started as `Cancelled`."""
        for future in self._threads.queued() if self._threads is not None else ():
            future.call_off(Cancelled(message="Not started: the task runner was told to cancel everything."))

    def __enter__(self) -> Self:
        super().__enter__()
        with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
            where = self._options["address"] or self._cluster()
            options = {"set_as_default": False, **(self._options["client_kwargs"] or {})}
            connect: Any = distributed.Client
            self._client = self._stack.enter_context(connect(where, **options))
        self._threads = WorkerThreads(DEFAULT_MAX_WORKERS, f"pacc-{self.name}")
        return self

    def _cluster(self) -> Any:
        cluster = self._options["cluster"]
        if cluster is None:
            kind = self._options["cluster_class"] or distributed.LocalCluster
            if isinstance(kind, str):
                from importlib import import_module

                module, _, name = kind.rpartition(".")
                kind = getattr(import_module(module), name)
            options = dict(self._options["cluster_kwargs"] or {})
            if kind is distributed.LocalCluster:
                options.setdefault("dashboard_address", ":0")  # any port: several may be made at once
                if options.get("processes", True):
                    settings = get_current_settings().to_environment_variables(exclude_unset=True)
                    options.setdefault("env", settings)
            cluster = self._stack.enter_context(kind(**options))
        if self._options["adapt_kwargs"]:
            cluster.adapt(**self._options["adapt_kwargs"])
        return cluster

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.close(wait=kind is None)
        self._stack.close()


class DaskCall(Effect):
    """Call a task's function on the cluster, and answer with its outcome."""

    __slots__ = ("args", "call", "client", "kwargs")

    def __init__(self, client: Any, call: TaskCall, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.client = client
        self.call = call
        self.args = args
        self.kwargs = kwargs

    def run(self) -> Outcome:
        """Wait for it in this thread."""
        try:
            parcel = packed(self.call, self.args, self.kwargs)
        except SerializationError as error:
            return Outcome(error=error)
        key = f"{self.call.task.name}-{self.call.run.id}-{self.call.run.run_count}"
        timeout = self.call.task.timeout_seconds
        there = self.client.submit(answer_here, parcel, key=key, pure=False)
        try:
            answer = there.result(timeout=None if timeout is None else timeout + GRACE)
        except (TimeoutError, distributed.TimeoutError):
            there.cancel()
            return Outcome(error=exceeded("Task", timeout or 0))
        except (KilledWorker, distributed.CancelledError, distributed.client.FutureCancelledError) as error:
            raise WorkerLost(f"The Dask worker that executed it is gone: {error}") from None
        reply: Reply = cloudpickle.loads(answer)
        return settle(self.call, reply)
