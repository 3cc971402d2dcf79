"""Tasks in threads: the runner flows have unless they name another."""

from __future__ import annotations

import threading
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Self

from pacc.futures import PaccConcurrentFuture, working_for
from pacc.settings import get_current_settings
from pacc.states import Cancelled
from pacc.task_runners.base import TaskRunner

if TYPE_CHECKING:
    from types import TracebackType

DEFAULT_MAX_WORKERS = 256
"""Many tasks mostly wait, so there may be many more threads than processors; each is started only when it is needed."""

_AT_ONCE = 8
_LOOK_AGAIN = 0.005
_LOOKS = 3  # once is nothing: the interpreter may just have been busy elsewhere
_BACKLOG = 4096
_BREATH = 0.001


class WorkerThreads:
    """Threads that execute queued futures, started as they are needed, up to a limit.

    The first few are started at once. More only help where those have come to wait for something, and get in each other's way
    where they have not: they are started when nothing was taken off the queue for a moment, twice as many each time.

    Args:
        limit: how many there are at most.
        name: what their names begin with.
    """

    def __init__(self, limit: int, name: str) -> None:
        self._limit = limit
        self._name = name
        self._queue: SimpleQueue[PaccConcurrentFuture[Any] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._idle = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._closed = False
        self._taken = 0
        self._stalled = threading.Event()
        self._starter: threading.Thread | None = None

    def put(self, future: PaccConcurrentFuture[Any]) -> None:
        """Queue a future. Whoever brings too many at once is slowed down, and never stopped: the tasks may need it to go on."""
        self._queue.put(future)
        if not self._idle.acquire(blocking=False) and len(self._threads) < self._limit:
            if len(self._threads) < _AT_ONCE:
                self._start()
            else:
                self._watch()
        if self._queue.qsize() > _BACKLOG and not working_for.get():
            time.sleep(_BREATH)

    def _start(self) -> None:
        with self._lock:
            if len(self._threads) >= self._limit or self._closed:
                return
            name = f"{self._name}-{len(self._threads)}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            self._threads.append(thread)
        thread.start()

    def _watch(self) -> None:
        """Have someone look whether the queue stands still."""
        if self._starter is None:
            with self._lock:
                if self._starter is None:
                    self._starter = threading.Thread(
                        target=self._keep_starting, name=f"{self._name}-starter", daemon=True
                    )
                    self._starter.start()
        if not self._stalled.is_set():
            self._stalled.set()

    def _keep_starting(self) -> None:
        taken, looks = self._taken, 0
        while len(self._threads) < self._limit and not self._closed:
            self._stalled.wait()
            time.sleep(_LOOK_AGAIN)
            waiting = self._queue.qsize()
            looks = looks + 1 if waiting and taken == self._taken else 0
            taken = self._taken
            if not waiting:
                self._stalled.clear()
                if self._queue.qsize():  # it came between the two
                    self._stalled.set()
            elif looks >= _LOOKS:
                for _ in range(min(waiting, len(self._threads))):
                    self._start()

    def _work(self) -> None:
        while (future := self._next()) is not None:
            self._taken += 1  # roughly counted is enough: it says whether something was taken
            if future.claim():
                future.execute()
            del future

    def _next(self) -> PaccConcurrentFuture[Any] | None:
        try:
            return self._queue.get_nowait()
        except Empty:
            self._idle.release()
            return self._queue.get()

    def queued(self) -> list[PaccConcurrentFuture[Any]]:
        """Take everything out of the queue that nobody has taken yet, and return it."""
        taken: list[PaccConcurrentFuture[Any]] = []
        while True:
            try:
                future = self._queue.get_nowait()
            except Empty:
                return taken
            if future is not None:
                taken.append(future)

    def close(self, *, wait: bool) -> None:
        """Let the threads end once the queue is empty, and wait for that if asked to."""
        with self._lock:
            self._closed = True
        self._stalled.set()
        if self._starter is not None and wait:
            self._starter.join()
        for _ in self._threads:
            self._queue.put(None)
        if wait:
            for thread in self._threads:
                if thread is not threading.current_thread():
                    thread.join()


class ThreadPoolTaskRunner(TaskRunner[PaccConcurrentFuture[Any]]):
    """Executes tasks in threads of this process. Async tasks get an event loop in their thread.

    A task that waits for another one it submitted itself never waits in vain, however few threads there are: where that one is
    still queued, the waiting thread executes it.

    Args:
        max_workers: how many tasks run at once; by default PACC_TASKS_RUNNER_THREAD_POOL_MAX_WORKERS, or 256.

    Raises:
        ValueError: the number is not positive.

    >>> from pacc import flow, task
    >>> @task
    ... def double(number: int) -> int:
    ...     return 2 * number
    >>> @flow(task_runner=ThreadPoolTaskRunner(max_workers=4))
    ... def doubles() -> list[int]:
    ...     return double.map(range(3)).result()
    >>> doubles()
    [0, 2, 4]
    """

    def __init__(self, max_workers: int | None = None) -> None:
        super().__init__()
        if max_workers is None:
            max_workers = get_current_settings().tasks.runner.thread_pool_max_workers or DEFAULT_MAX_WORKERS
        self._max_workers = checked_count(max_workers)
        self._threads: WorkerThreads | None = None

    def duplicate(self) -> Self:
        """Return one with the same number of threads."""
        return type(self)(max_workers=self._max_workers)

    def submit(
        self, task: Any, parameters: dict[str, Any], wait_for: Any = None, dependencies: Any = None
    ) -> PaccConcurrentFuture[Any]:
        """Queue a task for the threads and return its future; see `TaskRunner.submit`."""
        del dependencies
        future = self.prepare(task, parameters, wait_for)
        if self._threads is not None:
            self._threads.put(future)
        return future

    def cancel_all(self) -> None:
        """End all tasks that have not started as `Cancelled`."""
        for future in self._threads.queued() if self._threads is not None else ():
            future.call_off(
                Cancelled(message="Not started: the task runner was told to cancel what it had queued.")
            )

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

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, ThreadPoolTaskRunner):
            return NotImplemented
        return self._max_workers == other._max_workers

    def __hash__(self) -> int:
        return hash((type(self), self._max_workers))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(max_workers={self._max_workers})"


class ConcurrentTaskRunner(ThreadPoolTaskRunner):
    """The older name of `ThreadPoolTaskRunner`."""


def checked_count(number: int) -> int:
    """Return a number of workers that is one.

    Raises:
        ValueError: it is not positive. TypeError: it is no whole number.
    """
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError(f"`max_workers` is a whole number, not {number!r}")
    if number < 1:
        raise ValueError(f"`max_workers` is one or more, not {number}")
    return number
