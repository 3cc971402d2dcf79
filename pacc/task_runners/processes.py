"""Tasks in processes of their own: for work that needs a processor each, and for work that must be stopped in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Pipe
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
from pacc.task_runners.threads import WorkerThreads, checked_count

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from pacc.engine.task_run import TaskCall

GRACE = 0.5
"""Seconds that a task gets beyond its timeout to end by itself before its process is killed."""

_LOOK_AGAIN = 0.5
_LAST_WORDS = 2.0
_START = "from pacc.task_runners.worker_process import main; main({})"
_STARTED = b"started"


class Overran(Exception):
    """The function took longer than it may."""


class WorkerProcess:
    """A process that carries out calls, as the flow's process sees it."""

    def __init__(self, greeting: bytes, environment: dict[str, str]) -> None:
        self._ours, theirs = Pipe()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-c", _START.format(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self.ended_by_us = ""
        """Why this process was told to end."""
        with suppress(OSError):  # it is gone already; the first call will say so
            self._ours.send_bytes(greeting)

    def call(self, parcel: bytes, timeout: float | None) -> Reply:
        """Have a call carried out and return what it came to.

        Raises:
            Overran: it took longer than its timeout. WorkerLost: the process ended meanwhile.
        """
        try:
            self._ours.send_bytes(parcel)
        except OSError:
            raise self._lost() from None
        answer = self._next(None)
        if answer == _STARTED:
            answer = self._next(timeout)
        reply: Reply = cloudpickle.loads(answer)
        return reply

    def _next(self, timeout: float | None) -> bytes:
        end = None if timeout is None else time.monotonic() + timeout + GRACE
        while not self._ours.poll(
            _LOOK_AGAIN if end is None else max(0.0, min(_LOOK_AGAIN, end - time.monotonic()))
        ):
            if self._process.poll() is not None and not self._ours.poll(0):
                raise self._lost()
            if end is not None and time.monotonic() >= end:
                raise Overran
        try:
            return self._ours.recv_bytes()
        except (EOFError, OSError):
            raise self._lost() from None

    def _lost(self) -> WorkerLost:
        try:
            code = self._process.wait(timeout=_LAST_WORDS)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._process.wait()
        if self.ended_by_us:
            return WorkerLost(f"The worker process that executed it was ended: {self.ended_by_us}.")
        return WorkerLost(_why(self._process.pid, code))

    def send_away(self) -> None:
        """Let a process end that has nothing to do."""
        self._ours.close()
        try:
            self._process.wait(timeout=10 * _LAST_WORDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def stop(self, why: str) -> None:
        """Ask a process to end, whatever it is doing."""
        self.ended_by_us = why
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End a process and everything it started, now."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._ours.close()


def _why(pid: int, code: int) -> str:
    """Return a sentence on how a worker process ended.

    >>> _why(123, -9)
    'The worker process (123) that executed it was killed by SIGKILL; perhaps memory ran out.'
    """
    who = f"The worker process ({pid}) that executed it"
    if code >= 0:
        return f"{who} ended with exit code {code}."
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"{who} was killed by {name}" + ("; perhaps memory ran out." if name == "SIGKILL" else ".")


class RemoteCall(Effect):
    """Call a task's function in a worker process, and answer with its outcome."""

    __slots__ = ("args", "call", "kwargs", "runner")

    def __init__(
        self, runner: ProcessPoolTaskRunner, call: TaskCall, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.runner = runner
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
        worker = self.runner.borrow()
        try:
            reply = worker.call(parcel, timeout)
        except Overran:
            self.runner.discard(worker)
            return Outcome(error=exceeded("Task", timeout))
        except BaseException:
            self.runner.discard(worker)
            raise
        self.runner.give_back(worker)
        return settle(self.call, reply)


def settle(call: TaskCall, reply: Reply) -> Outcome:
    """Return the outcome of a call that was carried out elsewhere, and take over what failed there unseen and what it told of assets.

    Raises:
        BaseException: what ended the code otherwise than by an error.
    """
    context = call.flow_context
    if context is not None:
        for unseen in reply.unseen:
            context.submissions.failed(*unseen)
    call.context.asset_metadata = reply.asset_metadata
    if reply.interruption is not None:
        raise reply.interruption
    return reply.outcome or Outcome()


class ProcessPoolTaskRunner(TaskRunner[PaccConcurrentFuture[Any]]):
    """Executes the functions of tasks in worker processes, each started when it is first needed.

    Arguments and results are pickled (by cloudpickle, so functions and classes of the script itself may travel). A task that
    exceeds its `timeout_seconds` and does not end by itself is killed together with its process; a task whose process dies is
    `Crashed`, and the others go on. States, retries and hooks are the flow's process's business. Tasks that a task submits run in
    threads of the worker process.

    Args:
        max_workers: how many tasks run at once; by default PACC_TASKS_RUNNER_PROCESS_POOL_MAX_WORKERS, or one per CPU.
        initializer: called first in every worker process.
        initargs: its arguments.

    Raises:
        ValueError: the number is not positive.

    >>> runner = ProcessPoolTaskRunner(max_workers=2)
    >>> runner
    ProcessPoolTaskRunner(max_workers=2)
    """

    def __init__(
        self,
        max_workers: int | None = None,
        *,
        initializer: Callable[..., None] | None = None,
        initargs: tuple[Any, ...] = (),
    ) -> None:
        super().__init__()
        if max_workers is None:
            max_workers = get_current_settings().tasks.runner.process_pool_max_workers or os.cpu_count() or 1
        self._max_workers = checked_count(max_workers)
        self._initializer = initializer
        self._initargs = initargs
        self._threads: WorkerThreads | None = None
        self._lock = threading.Lock()
        self._free: list[WorkerProcess] = []
        self._at_work: set[WorkerProcess] = set()
        self._ended = ""

    def duplicate(self) -> Self:
        """Return one with the same options."""
        return type(self)(self._max_workers, initializer=self._initializer, initargs=self._initargs)

    def submit(
        self, task: Any, parameters: dict[str, Any], wait_for: Any = None, dependencies: Any = None
    ) -> PaccConcurrentFuture[Any]:
        """Queue a task for the processes and return its future; see `TaskRunner.submit`."""
        del dependencies
        future = self.prepare(task, parameters, wait_for, body=self._remotely)
        if self._threads is not None:
            self._threads.put(future)
        return future

    def _remotely(self, call: TaskCall, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Effect:
        return RemoteCall(self, call, args, kwargs)

    def cancel_all(self) -> None:
        """End all tasks: those that have not started as `Cancelled`, the others with their processes, as `Crashed`."""
        for future in self._threads.queued() if self._threads is not None else ():
            future.call_off(Cancelled(message="Not started: the task runner was told to cancel everything."))
        with self._lock:
            self._ended = "the task runner was told to cancel everything"
            at_work = list(self._at_work)
        for worker in at_work:
            worker.stop(self._ended)

    # -- the processes

    def borrow(self) -> WorkerProcess:
        """Return a process that has nothing to do, a new one where there is none."""
        with self._lock:
            if self._ended:
                raise WorkerLost(f"No worker process was started: {self._ended}.")
            worker = self._free.pop() if self._free else self._new_worker()
            self._at_work.add(worker)
        return worker

    def give_back(self, worker: WorkerProcess) -> None:
        """Take a process back that has done its call."""
        with self._lock:
            self._at_work.discard(worker)
            self._free.append(worker)

    def discard(self, worker: WorkerProcess) -> None:
        """End a process that cannot be used any more, and everything it started."""
        with self._lock:
            self._at_work.discard(worker)
        worker.kill()

    def _new_worker(self) -> WorkerProcess:
        greeting = cloudpickle.dumps(
            (list(sys.path), os.environ.get("PYTHONPATH"), self._initializer, self._initargs)
        )
        settings = get_current_settings().to_environment_variables(exclude_unset=True)
        return WorkerProcess(greeting, {**os.environ, **settings})

    def __enter__(self) -> Self:
        super().__enter__()
        self._threads = WorkerThreads(self._max_workers, f"pacc-{self.name}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.close(wait=kind is None)
        with self._lock:
            free, self._free = self._free, []
            left = list(self._at_work)
        for worker in left:
            worker.kill()
        for worker in free:
            worker.send_away()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(max_workers={self._max_workers})"
