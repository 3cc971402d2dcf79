"""Futures: what `.submit` and `.map` return at once, to be asked for states and results later.

>>> from pacc import flow, task
>>> @task
... def double(number: int) -> int:
...     return 2 * number
>>> @flow
... def doubles() -> list[int]:
...     return double.map([1, 2, 3]).result()
>>> doubles()
[2, 4, 6]

`.delay` returns a `PaccDistributedFuture`, which can be asked in any process.
"""

from __future__ import annotations

import os
import threading
import time
from abc import abstractmethod
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from pacc._internal.until import Until
from pacc.engine import outcomes, place
from pacc.engine.upstream import unfinished, with_results, with_states
from pacc.exceptions import IllegalTransition, ObjectNotFound, StoreError
from pacc.logging import get_logger
from pacc.services import endings, task_runs
from pacc.states import Pending
from pacc.types.futures import FutureLike

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence
    from contextvars import Context

    from pacc.engine.submissions import Submissions
    from pacc.engine.task_run import TaskCall
    from pacc.schemas.states import State

__all__ = [
    "DoneAndNotDoneFutures",
    "PaccConcurrentFuture",
    "PaccDistributedFuture",
    "PaccFuture",
    "PaccFutureList",
    "PrefectConcurrentFuture",
    "PrefectDistributedFuture",
    "PrefectFuture",
    "PrefectFutureList",
    "as_completed",
    "resolve_futures_to_results",
    "resolve_futures_to_states",
    "wait",
]

R = TypeVar("R")

working_for: ContextVar[frozenset[object]] = ContextVar("pacc_working_for", default=frozenset())
"""The pools on whose behalf this code runs: were it to wait for what such a pool has queued, nobody might be left to run that."""

_lock = threading.Lock()  # one for all futures: held for moments, and a lock each would cost more


class PaccFuture(FutureLike, Generic[R]):
    """Stands for a task run that was submitted. All of it may be used from any thread."""

    __slots__ = ()

    @abstractmethod
    def result(self, timeout: float | None = None, raise_on_failure: bool = True) -> R:
        """Return what the run returned, waiting for it.

        Args:
            timeout: seconds to wait at most; without it there is no end.
            raise_on_failure: raise the error of a failed run; otherwise return it.

        Raises:
            TimeoutError: the run is not over yet. UnfinishedRun: it was never started, because a run it needs did not complete.
            ValueError: the timeout is negative. Otherwise whatever the task raised.
        """

    async def wait_async(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - Prefect's signature
        """`wait`, for code in an event loop that has other things to do."""
        _checked(timeout)
        if self.last_state() is None:
            self.hurry()
            await Until(lambda tell: self.add_done_callback(lambda _: tell()), timeout).arun()

    async def result_async(self, timeout: float | None = None, raise_on_failure: bool = True) -> R:  # noqa: ASYNC109 - as above
        """`result`, for code in an event loop that has other things to do."""
        await self.wait_async(timeout)
        return self.result(timeout=0 if timeout is not None else None, raise_on_failure=raise_on_failure)


class PaccConcurrentFuture(PaccFuture[R]):
    """The future of a task run that this process executes, or has executed.

    Made by task runners, from a call they were asked to make; see `TaskRunner.prepare`.
    """

    __slots__ = (
        "__weakref__", "_call", "_callbacks", "_claimed", "_context", "_last", "_name", "_pool", "_run_id", "_submissions",
    )  # fmt: skip

    def __init__(self, call: TaskCall, submissions: Submissions, context: Context, pool: object) -> None:
        self._call: TaskCall | None = call
        self._run_id = call.run.id
        self._name = call.run.name
        self._submissions = submissions
        self._context: Context | None = context
        self._pool = pool
        self._claimed = False
        self._last: State[R] | None = None
        self._callbacks: list[Callable[[Any], None]] = []
        submissions.began(self)

    # -- asked by the user

    @property
    def task_run_id(self) -> UUID:
        """The id of the task run."""
        return UUID(self._run_id)

    @property
    def name(self) -> str:
        """The name of the task run."""
        call = self._call
        return self._name if call is None else call.run.name

    @property
    def state(self) -> State[R]:
        """The run's state at this moment. Asked once the run has ended, it counts as having looked at what it came to."""
        last = self._last
        if last is not None:
            self._submissions.seen(self._run_id)
            return last
        call = self._call
        return (call.run.state if call is not None else self._last) or Pending()

    def wait(self, timeout: float | None = None) -> None:
        """Return once the run is over, or after so many seconds.

        Raises:
            ValueError: the timeout is negative.
        """
        _checked(timeout)
        if self._last is not None:
            return
        if working_for.get():
            _lend_a_hand([self], timeout)
        ended = threading.Event()

        def tell(_: object) -> None:
            ended.set()

        self.add_done_callback(tell)
        if not ended.wait(timeout):
            self._forget(tell)

    def result(self, timeout: float | None = None, raise_on_failure: bool = True) -> R:
        """Return what the run returned; see `PaccFuture.result`."""
        self.wait(timeout)
        if self._last is None:
            raise TimeoutError(f"the task run {self.name!r} was not over after {timeout:g} second(s)")
        return self.state.result(raise_on_failure=raise_on_failure)  # type: ignore[return-value]

    def add_done_callback(self, fn: Callable[[Any], None]) -> None:
        """Have a function called with the future as soon as the run is over, at once where it is already."""
        with _lock:
            if self._last is None:
                self._callbacks.append(fn)
                return
        _called(fn, self)

    def __repr__(self) -> str:
        state = self._last or self.state
        return f"<{type(self).__name__} {self.name!r} {state.name}>"

    # -- asked by the engine and by task runners

    def last_state(self) -> State[R] | None:
        """Return the state the run came to, `None` while it goes on, without its counting as looked at."""
        return self._last

    def hurry(self) -> None:
        """Start the run in a thread of its own, if it is queued behind the very code that is about to wait for it."""
        if self._last is None and working_for.get():
            _lend_a_hand([self], timeout=0)

    def claim(self) -> bool:
        """Say that the caller will execute the run; true for the first who does."""
        with _lock:
            first, self._claimed = not self._claimed, True
        return first

    def is_queued_behind(self, pools: frozenset[object]) -> bool:
        """Say whether nobody has claimed the run yet and one of these pools is to execute it."""
        return self._pool in pools and not self._claimed

    def execute(self) -> None:
        """Carry out the run in this thread. Whoever calls this has claimed it."""
        context = self._context
        if context is not None:
            context.run(self._execute)

    def _execute(self) -> None:
        from pacc.engine.task_run import execute  # start-up: what only waits does not execute

        call = self._call
        if call is None:
            return
        working_for.set(working_for.get() | {self._pool})
        try:
            state = execute(call)
        except (
            BaseException
        ) as interruption:  # the border of a worker: recorded by the engine, told by the future
            recorded = call.run.state
            ended = recorded is not None and recorded.is_final()
            state = recorded if ended and recorded is not None else outcomes.crashed(interruption)
            if (
                isinstance(interruption, KeyboardInterrupt)
                and threading.current_thread() is threading.main_thread()
            ):
                self.finish(state)
                raise
        self.finish(state)

    def call_off(self, state: State[Any]) -> None:
        """End a run that nobody has claimed yet."""
        if self.claim():
            self.abandon(state)

    def abandon(self, state: State[Any]) -> None:
        """Record a run as ended without waiting for it any more; what its thread may still bring is too late."""
        call = self._call
        if call is None:
            return
        try:
            call.run.advance(state)
        except IllegalTransition:  # it ended in this very moment
            state = call.run.state or state
        except StoreError as problem:
            get_logger("engine").error("The end of task run %r could not be recorded: %s", self.name, problem)
        self.finish(state)

    def finish(self, state: State[Any]) -> None:
        """Note what the run came to and tell everyone who waits."""
        name = self.name
        with _lock:
            if self._last is not None:
                return
            if state.is_failed() or state.is_crashed():
                self._submissions.failed(self._run_id, name, state.message)
            self._name = name
            self._last, self._call, self._context = state, None, None
            callbacks, self._callbacks = self._callbacks, []
        for fn in callbacks:
            _called(fn, self)
        self._submissions.ended(self)

    def _forget(self, fn: Callable[[Any], None]) -> None:
        with _lock:
            if fn in self._callbacks:
                self._callbacks.remove(fn)


class PaccDistributedFuture(PaccFuture[R]):
    """The future of a task run that any process may execute, and any process may ask about: what `.delay` returns.

    It is known by the id of the run, so another process makes one of that, and it may be pickled. Waiting costs next to nothing:
    one thread of this process looks whether anything was committed to the store, and asks only then.

    Args:
        task_run_id: the run.

    >>> future = PaccDistributedFuture("01933f2e-6a1c-7b52-9d0c-5d8f6f5f5f5f")
    >>> str(future.task_run_id)
    '01933f2e-6a1c-7b52-9d0c-5d8f6f5f5f5f'
    """

    __slots__ = ("__weakref__", "_last", "_run_id")

    is_anywhere = True

    def __init__(self, task_run_id: UUID | str) -> None:
        self._run_id = UUID(str(task_run_id))
        self._last: State[R] | None = None

    @property
    def task_run_id(self) -> UUID:
        """The id of the task run."""
        return self._run_id

    @property
    def name(self) -> str:
        """The name of the task run, its id where it is not in the store."""
        try:
            return task_runs.read(place.current().store, self._run_id).name
        except ObjectNotFound:
            return str(self._run_id)

    @property
    def state(self) -> State[R]:
        """The run's state at this moment, as the store has it.

        Raises:
            ObjectNotFound: there is no such run.
        """
        if self._last is not None:
            return self._last
        state = task_runs.read(place.current().store, self._run_id).state or Pending()
        if _is_over(state):
            self._last = state
        return state

    def last_state(self) -> State[R] | None:
        """Return the state the run came to, `None` while it goes on."""
        state = self.state
        return state if _is_over(state) else None

    def wait(self, timeout: float | None = None) -> None:
        """Return once the run is over, or after so many seconds.

        Raises:
            ValueError: the timeout is negative. ObjectNotFound: there is no such run.
        """
        _checked(timeout)
        if self.last_state() is not None:
            return
        ended = threading.Event()
        watch = endings.watch(place.current().store, str(self._run_id), ended.set)
        if not ended.wait(timeout):
            watch.call_off()

    def result(self, timeout: float | None = None, raise_on_failure: bool = True) -> R:
        """Return what the run returned; see `PaccFuture.result`."""
        self.wait(timeout)
        if self.last_state() is None:
            raise TimeoutError(f"the task run {self.name!r} was not over after {timeout:g} second(s)")
        return self.state.result(raise_on_failure=raise_on_failure)  # type: ignore[return-value]

    def add_done_callback(self, fn: Callable[[Any], None]) -> None:
        """Have a function called with the future as soon as the run is over, at once where it is already."""
        if self.last_state() is not None:
            _called(fn, self)
            return
        endings.watch(place.current().store, str(self._run_id), lambda: _called(fn, self))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PaccDistributedFuture) and other._run_id == self._run_id

    def __hash__(self) -> int:
        return hash(self._run_id)

    def __reduce__(self) -> tuple[type[PaccDistributedFuture[Any]], tuple[str]]:
        return PaccDistributedFuture, (str(self._run_id),)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._run_id}>"


def _is_over(state: State[Any]) -> bool:
    """Say whether nothing more will come: the run ended, or was never ready."""
    return state.is_final() or state.name == "NotReady"


def _called(fn: Callable[[Any], None], future: Any) -> None:
    try:
        fn(future)
    except Exception:  # noqa: BLE001 - user code; it says nothing about the run
        get_logger("engine").exception("A callback of the future of task run %r raised an error", future.name)


def _checked(timeout: float | None) -> None:
    if timeout is not None and timeout < 0:
        raise ValueError(f"a timeout is zero or more seconds, not {timeout}")


def _lend_a_hand(futures: Iterable[Any], timeout: float | None) -> None:
    """Execute what this code is about to wait for, if it is still queued and this code occupies one of its pool's workers.

    In this thread where it may wait for as long as it takes, and in one more where it may not: with a timeout, or with an event
    loop running here.
    """
    pools = working_for.get()
    queued = [
        future
        for future in futures
        if isinstance(future, PaccConcurrentFuture) and future.is_queued_behind(pools)
    ]
    if not queued:
        return
    if timeout is None and not _in_loop():
        _execute_claimed(queued)
    else:
        threading.Thread(target=_execute_claimed, args=(queued,), name="pacc-helper", daemon=True).start()


def _execute_claimed(futures: Sequence[PaccConcurrentFuture[Any]]) -> None:
    for future in futures:
        if future.claim():
            future.execute()


def _in_loop() -> bool:
    import sys

    if "asyncio" not in sys.modules:
        return False
    import asyncio  # start-up: somebody else has imported it already

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class PaccFutureList(list[PaccFuture[R]]):
    """The futures that `.map` returns, in the order of what was mapped over."""

    def wait(self, timeout: float | None = None) -> None:
        """Return once all runs are over, or after so many seconds.

        Raises:
            ValueError: the timeout is negative.
        """
        wait(self, timeout=timeout)

    def result(self, timeout: float | None = None, raise_on_failure: bool = True) -> list[R]:
        """Return what all of them returned, in their order.

        Args:
            timeout: seconds to wait at most for all of them.
            raise_on_failure: raise the error of the first run that fails, without waiting for the others; otherwise errors stand
                where results would.

        Raises:
            TimeoutError: not all are over yet. ValueError: the timeout is negative.
        """
        if not raise_on_failure:
            deadline = _Deadline(timeout)
            return [future.result(deadline.left(), raise_on_failure=False) for future in self]
        results = {id(future): future.result() for future in as_completed(self, timeout=timeout)}
        return [results[id(future)] for future in self]


class DoneAndNotDoneFutures(NamedTuple):
    """What `wait` returns."""

    done: set[PaccFuture[Any]]
    not_done: set[PaccFuture[Any]]


class _Deadline:
    """How much is left of a timeout."""

    def __init__(self, timeout: float | None) -> None:
        _checked(timeout)
        self._end = None if timeout is None else time.monotonic() + timeout

    def left(self) -> float | None:
        return None if self._end is None else max(0.0, self._end - time.monotonic())


def wait(futures: Iterable[PaccFuture[Any]], timeout: float | None = None) -> DoneAndNotDoneFutures:
    """Wait for futures and return those whose runs are over, and the others. Waiting alone does not look at results.

    Args:
        futures: what to wait for.
        timeout: seconds to wait at most; without it all are over when this returns.

    Raises:
        ValueError: the timeout is negative.

    >>> @flow
    ... def patient() -> int:
    ...     return len(wait(fetch.map([1, 2])).done)
    >>> patient()
    2
    """
    deadline = _Deadline(timeout)
    all_of_them = list(futures)
    if working_for.get():
        _lend_a_hand(all_of_them, timeout)
    for future in all_of_them:
        future.wait(deadline.left())
    done = {future for future in all_of_them if future.last_state() is not None}
    return DoneAndNotDoneFutures(done, set(all_of_them) - done)


def as_completed(
    futures: Iterable[PaccFuture[R]], timeout: float | None = None
) -> Generator[PaccFuture[R], None, None]:
    """Yield futures as their runs end.

    Args:
        futures: what to wait for; one that is in it twice is yielded once.
        timeout: seconds to wait at most, counted from the first time a future is asked for.

    Raises:
        TimeoutError: some are not over yet. ValueError: the timeout is negative.

    >>> @flow
    ... def eager() -> list[int]:
    ...     return sorted(future.result() for future in as_completed(fetch.map([1, 2])))
    >>> eager()
    [2, 4]
    """
    from queue import Empty, SimpleQueue  # start-up

    deadline = _Deadline(timeout)
    pending = set(futures)
    total = len(pending)
    ended: SimpleQueue[PaccFuture[R]] = SimpleQueue()
    for future in pending:
        future.add_done_callback(ended.put)
    while pending:
        if working_for.get() and ended.empty():
            _lend_a_hand([future for future in pending if future.last_state() is None][:1], timeout)
        try:
            future = ended.get(timeout=deadline.left())
        except Empty:
            raise TimeoutError(
                f"{len(pending)} of {total} futures are not done after {timeout:g} second(s)"
            ) from None
        pending.discard(future)
        yield future


def resolve_futures_to_states(expr: Any) -> Any:
    """Return a value with the futures in it, however deep, waited for and replaced by their states.

    >>> resolve_futures_to_states({"a": 1})
    {'a': 1}
    """
    for future in unfinished(expr):
        future.wait()
    return with_states(expr)


def resolve_futures_to_results(expr: Any) -> Any:
    """Return a value with the futures in it, however deep, waited for and replaced by their results.

    Raises:
        Whatever one of them raised.

    >>> resolve_futures_to_results([1, {"a": 2}])
    [1, {'a': 2}]
    """
    for future in unfinished(expr):
        future.wait()
    return with_results(expr)


PrefectFuture = PaccFuture
PrefectConcurrentFuture = PaccConcurrentFuture
PrefectDistributedFuture = PaccDistributedFuture
PrefectFutureList = PaccFutureList


def _start_over() -> None:
    """A forked child must not wait for a lock that a thread of its parent held."""
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_start_over)
