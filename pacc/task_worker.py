"""Task workers: processes that execute what `.delay` put into the queue.

>>> from pacc import task
>>> from pacc.task_worker import serve
>>> @task(retries=2)
... def send(address):
...     ...
>>> serve(send, limit=4)  # doctest: +SKIP
"""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager, suppress
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc.engine import place
from pacc.engine.background import carry_out
from pacc.engine.pickles import pickle_loaded_files_by_value
from pacc.exceptions import StoreError
from pacc.logging import get_logger
from pacc.services import background_tasks
from pacc.services.reaping import reap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from types import FrameType

    from pacc.services.background_tasks import Claim
    from pacc.store import Store

__all__ = ["TaskWorker", "aserve", "serve"]

_SHORTEST_PAUSE = 0.002
_LONGEST_PAUSE = 0.02
"""Seconds between two looks whether anything was committed; one costs some microseconds."""
_REAP_EVERY = 1.0
_AFTER_TROUBLE = 1.0
_MOST_AT_ONCE = 100
"""How many runs a worker without a limit claims at a time."""


class TaskWorker:
    """Executes the queued runs of some tasks, each in a thread, until it is told to stop.

    Any number of workers may serve the same tasks; each run is executed by one of them. A worker that is killed is noticed by the
    others within two seconds; what it was executing goes to another one, as often as the task's retries say, and is `Crashed` then.

    Args:
        *tasks: what to execute; runs of other tasks are left for other workers.
        limit: how many runs at a time; `None` for no limit.

    Raises:
        ValueError: there is no task, the limit is less than one, or two functions cannot be told apart.
        TypeError: something is no task.

    >>> from pacc import task
    >>> TaskWorker(task(lambda: 1), limit=2).limit
    2
    """

    def __init__(self, *tasks: Any, limit: int | None = 10) -> None:
        if limit is not None and limit < 1:
            raise ValueError(f"`limit` must be one or more, or None for no limit, not {limit}")
        if not tasks:
            raise ValueError("a task worker needs a task to serve")
        self.limit = limit
        self.tasks = list(tasks)
        self._by_key = _by_key(self.tasks)
        self.task_keys = set(self._by_key)
        self.client_id = f"{os.uname().nodename}-{os.getpid()}"
        self.stopping = False
        self._signalled = False
        self.in_flight_task_runs: dict[str, dict[str, datetime]] = {key: {} for key in self.task_keys}
        """The runs being executed: by task key, the id of each with the moment it began."""
        self.finished_task_runs = 0
        self._started_at: datetime | None = None
        self._counting = threading.Lock()
        self._crew = _Crew(self._execute)
        self._news = threading.Event()
        """Something happened in this process: a run is over, or it is time to stop."""
        self._logger = get_logger("task_worker")

    # -- asked by others

    @property
    def started_at(self) -> datetime | None:
        """When the worker started, `None` before that."""
        return self._started_at

    @property
    def started(self) -> bool:
        """Whether it was started."""
        return self._started_at is not None

    @property
    def current_tasks(self) -> int:
        """How many runs it is executing."""
        return sum(len(runs) for runs in self.in_flight_task_runs.values())

    @property
    def available_tasks(self) -> int | None:
        """How many more it would execute now, `None` where there is no limit."""
        return None if self.limit is None else self.limit - self.current_tasks

    def status(self) -> dict[str, Any]:
        """Return what the worker is doing, in words that JSON has."""
        started = self._started_at
        return {
            "client_id": self.client_id,
            "started_at": started.isoformat() if started else None,
            "stopping": self.stopping,
            "limit": self.limit,
            "current_tasks": self.current_tasks,
            "finished_tasks": self.finished_task_runs,
            "tasks": sorted({task.name for task in self.tasks}),
        }

    # -- beginning and end

    def start(self, timeout: float | None = None) -> None:
        """Execute what is queued until `stop` is called or a signal arrives, then finish what is being executed.

        Ctrl-C and SIGTERM stop it, where this is the main thread; a second one ends the process at once, and what it was executing
        goes to another worker.

        Args:
            timeout: seconds after which to stop by itself.

        Raises:
            RuntimeError: it is running already. StoreError: the store cannot be opened.
        """
        if self._started_at is not None:
            raise RuntimeError("this task worker was started already; make another one")
        store = place.current().store
        reap(store)
        pickle_loaded_files_by_value()  # or nobody else could load what the tasks return
        self._started_at = clock.to_datetime(clock.now())
        names = ", ".join(sorted({repr(task.name) for task in self.tasks}))
        self._logger.info("Serving %s; Ctrl-C stops the worker when its task runs are over", names)
        with self._signals():
            try:
                self._serve(store, None if timeout is None else time.monotonic() + timeout)
            finally:
                self.stopping = True
                self._drain()
                store.journal.flush()

    def stop(self) -> None:
        """Claim nothing more; `start` returns when what is being executed is over. For any thread."""
        self.stopping = True
        self._news.set()

    async def astart(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - Prefect's signature
        """`start`, for code in an event loop that has other things to do; a cancellation stops it."""
        import asyncio  # start-up: few serve in an event loop

        with self._signals():
            served = asyncio.ensure_future(asyncio.to_thread(self.start, timeout))
            try:
                await asyncio.shield(served)
            except asyncio.CancelledError:
                self.stop()
                await served
                raise

    async def astop(self) -> None:
        """`stop`, to be awaited."""
        self.stop()

    def handle_sigterm(self, signum: int, frame: FrameType | None) -> None:
        """Stop at the first signal; end the process at the second."""
        del frame
        if self._signalled:
            _end_at_once(signum)
        self._signalled = True
        under_way = self.current_tasks
        if under_way:
            runs = "1 task run" if under_way == 1 else f"{under_way} task runs"
            self._logger.info("Stopping after %s; the same signal again ends what is under way", runs)
        else:
            self._logger.info("Stopping")
        self.stop()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Handle the signals that stop, where that is possible: in the main thread."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {
            number: signal.signal(number, self.handle_sigterm) for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    # -- the work

    def _serve(self, store: Store, deadline: float | None) -> None:
        watch = _Watch(store)
        next_reap = time.monotonic() + _REAP_EVERY
        while not self.stopping and (deadline is None or time.monotonic() < deadline):
            self._news.clear()
            try:
                if time.monotonic() >= next_reap:
                    began = time.monotonic()
                    reap(store)
                    next_reap = time.monotonic() + max(_REAP_EVERY, 20 * (time.monotonic() - began))
                pause = self._claimed_some(store, watch)
            except StoreError as problem:
                self._logger.error("The queue cannot be read, and is tried again in a moment: %s", problem)  # noqa: TRY400 - a sentence, no traceback
                pause = _AFTER_TROUBLE
            if deadline is not None:
                pause = min(pause, max(0.0, deadline - time.monotonic()))
            if not self.stopping:
                self._news.wait(pause)

    def _claimed_some(self, store: Store, watch: _Watch) -> float:
        """Start what is due, as far as there is room, and return for how long nothing else can be done."""
        room = _MOST_AT_ONCE if self.limit is None else self.limit - self.current_tasks
        if room <= 0 or self.stopping:
            return _REAP_EVERY
        if not watch.changed(self.finished_task_runs):
            return watch.pause()
        begun = False
        for claim in background_tasks.claim(store, self.task_keys, room):
            self._begin(claim)
            begun = True
        watch.until(background_tasks.next_due(store, self.task_keys))
        return 0.0 if begun else watch.pause()

    def _begin(self, claim: Claim) -> None:
        began = clock.to_datetime(clock.now())
        self.in_flight_task_runs[claim.columns["task_key"]][claim.columns["id"]] = began
        self._crew.do(claim)

    def _execute(self, claim: Claim) -> None:
        """Execute one claimed run, in a thread of the crew."""
        try:
            carry_out(self._by_key[claim.columns["task_key"]], claim)
        except Exception:
            self._logger.exception("The end of task run %r was not recorded", claim.columns["name"])
        except BaseException as interruption:  # noqa: BLE001 - the run has crashed, and the worker goes on
            self._logger.error("Task run %r was interrupted: %r", claim.columns["name"], interruption)  # noqa: TRY400 - as above
        finally:
            del self.in_flight_task_runs[claim.columns["task_key"]][claim.columns["id"]]
            with self._counting:
                self.finished_task_runs += 1
            self._news.set()

    def _drain(self) -> None:
        while self.current_tasks:
            self._news.clear()
            if self.current_tasks:
                self._news.wait(_REAP_EVERY)
        self._crew.dismiss()


def _by_key(tasks: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for task in tasks:
        key = getattr(task, "task_key", None)
        if key is None:
            raise TypeError(f"a task worker serves tasks, and {task!r} is none; decorate it with `@task`")
        other = found.setdefault(key, task)
        if other is not task:
            raise ValueError(
                f"the tasks {other.name!r} and {task.name!r} are the same to a task worker, since their functions "
                "have the same name and code; serve one of them, or give their functions different names"
            )
    return found


def _end_at_once(signum: int) -> None:
    """End this process as the signal would have. What it was executing is given back by whoever finds it gone."""
    with suppress(StoreError, RuntimeError):
        place.current().store.journal.flush()
    signal.signal(signum, signal.SIG_DFL)
    os.kill(os.getpid(), signum)


class _Watch:
    """Says when it is worth looking into the queue: something was committed, a run here is over, a time has come."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: tuple[int, int] | None = None
        self._due: int | None = None
        self._pause = _SHORTEST_PAUSE

    def changed(self, finished: int) -> bool:
        """Say whether there may be something new since this was asked last."""
        now = (self._store.data_version(), finished)
        if now == self._seen and (self._due is None or self._due > clock.now()):
            return False
        self._seen = now
        self._pause = _SHORTEST_PAUSE
        return True

    def until(self, due: int | None) -> None:
        """Note when the next run is due."""
        self._due = due

    def pause(self) -> float:
        """Return the seconds until the next look: few when something has just happened."""
        pause, self._pause = self._pause, min(2 * self._pause, _LONGEST_PAUSE)
        return pause


class _Crew:
    """Threads that execute what they are given; as many as were needed at once, and they end with the process."""

    def __init__(self, work: Any) -> None:
        self._work = work
        self._queue: SimpleQueue[Claim | None] = SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._size = 0

    def do(self, claim: Claim) -> None:
        """Have a run executed by an idle thread, or by a new one."""
        if not self._idle.acquire(blocking=False):
            self._size += 1
            threading.Thread(target=self._serve, name=f"pacc-task-{self._size}", daemon=True).start()
        self._queue.put(claim)

    def dismiss(self) -> None:
        """Let the threads end, which have nothing to do."""
        for _ in range(self._size):
            self._queue.put(None)
        self._size = 0

    def _serve(self) -> None:
        while (claim := self._queue.get()) is not None:
            self._work(claim)
            self._idle.release()


def serve(
    *tasks: Any, limit: int | None = 10, status_server_port: int | None = None, timeout: float | None = None
) -> None:
    """Execute the queued runs of some tasks until Ctrl-C or SIGTERM, then finish what is being executed.

    Args:
        *tasks: what to execute.
        limit: how many runs at a time; `None` for no limit.
        status_server_port: answer `GET /status` on this port of the machine itself with what the worker is doing, as JSON.
        timeout: seconds after which to stop by itself.

    Raises:
        ValueError, TypeError: see `TaskWorker`. OSError: the port cannot be had.

    >>> from pacc import task
    >>> @task
    ... def send(address):
    ...     ...
    >>> serve(send, limit=4)  # doctest: +SKIP
    """
    worker = TaskWorker(*tasks, limit=limit)
    with _status_server(worker, status_server_port):
        worker.start(timeout)


async def aserve(
    *tasks: Any,
    limit: int | None = 10,
    status_server_port: int | None = None,
    timeout: float | None = None,  # noqa: ASYNC109 - Prefect's signature
) -> None:
    """`serve`, for code in an event loop that has other things to do; a cancellation stops it."""
    worker = TaskWorker(*tasks, limit=limit)
    with _status_server(worker, status_server_port):
        await worker.astart(timeout)


@contextmanager
def _status_server(worker: TaskWorker, port: int | None) -> Iterator[None]:
    """Answer questions about a worker meanwhile, if a port is given."""
    if port is None:
        yield
        return
    import json  # start-up: few ask
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Status(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path == "/status"
            body = json.dumps(worker.status() if known else {"detail": "ask for /status"}).encode()
            self.send_response(200 if known else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing: a question is no news."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Status)
    threading.Thread(target=partial(server.serve_forever, 0.1), name="pacc-status", daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
