"""Timeouts: a run that takes too long is interrupted, whatever colour and thread it runs in.

On the main thread an alarm signal interrupts even a blocking system call; in another thread an exception is planted, which
cannot break into a blocking C call; in an event loop the task is cancelled. Timeouts nest: the nearest deadline rings, and is
answered by the run it belongs to.
"""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc._internal.steps import Call, Effect, Outcome
from pacc.exceptions import FlowRunTimeoutError, TaskRunTimeoutError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Generator
    from contextlib import AbstractContextManager
    from types import FrameType

OPTIONS = ("timeout_seconds",)


class TimeIsUp(BaseException):
    """Interrupts a run; user code must not swallow it with `except Exception`. Every call has a class of its own."""

    def __str__(self) -> str:
        return "the run around it exceeded its timeout"


class TimedCall(Effect):
    """A call that is interrupted when it takes longer than its limit, and answers with the timeout as its error."""

    __slots__ = ("call", "error", "seconds")

    def __init__(self, call: Call | Effect, seconds: float, error: Exception) -> None:
        self.call = call
        self.seconds = seconds
        self.error = error

    def run(self) -> Any:
        """Call it in this thread."""
        mine: type[TimeIsUp] = type("TimeIsUp", (TimeIsUp,), {})
        on_main_thread = threading.current_thread() is threading.main_thread()
        try:
            with (
                _alarm(self.seconds, mine) if on_main_thread else _plant(self.seconds, mine),
                _moved_past(self.seconds, mine),
            ):
                return self.call.run()
        except mine:
            return Outcome(error=self.error)
        finally:
            if on_main_thread:
                _deadlines.remove(mine)  # again, as the alarm may have rung while it was being switched off

    async def arun(self) -> Any:
        """Call it in the running event loop."""
        import asyncio  # start-up

        scope = asyncio.timeout(self.seconds)
        try:
            async with scope:
                with _moved_past_in_loop(self.seconds, scope):
                    return await self.call.arun()
        except TimeoutError:
            if scope.expired():
                return Outcome(error=self.error)
            raise


def limited(call: Call | Effect, seconds: float | None, kind: str) -> Call | Effect:
    """Return the call with a time limit, the call itself where there is none; `kind` is `Flow` or `Task`."""
    if not seconds:
        return call
    return TimedCall(call, float(seconds), exceeded(kind, float(seconds)))


def exceeded(kind: str, seconds: float) -> Exception:
    """Return the error of a run that exceeded its timeout.

    >>> str(exceeded("Task", 1.0))
    'Task run exceeded timeout of 1.0 second(s)'
    """
    error = (FlowRunTimeoutError if kind == "Flow" else TaskRunTimeoutError)(
        f"{kind} run exceeded timeout of {seconds} second(s)"
    )
    error.ours = True
    return error


class _Deadlines:
    """The deadlines of the main thread, innermost last, behind the one alarm a process has."""

    def __init__(self) -> None:
        self.stack: list[tuple[float, type[TimeIsUp]]] = []
        self.in_force = False
        self.before: Any = None
        self.left_before = 0.0

    def add(self, seconds: float, mine: type[TimeIsUp]) -> None:
        if not self.in_force:
            self.before = signal.signal(signal.SIGALRM, self._ring)
            self.left_before = signal.setitimer(signal.ITIMER_REAL, 0)[0]
            self.in_force = True
        self.stack.append((time.monotonic() + seconds, mine))
        self._set()

    def remove(self, mine: type[TimeIsUp]) -> None:
        """Forget a deadline; do nothing where it is forgotten already."""
        self.stack = [entry for entry in self.stack if entry[1] is not mine]
        if self.stack:
            self._set()
        elif self.in_force:
            self.in_force = False
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self.before or signal.SIG_DFL)
            if self.left_before:
                signal.setitimer(signal.ITIMER_REAL, self.left_before)

    def _set(self) -> None:
        nearest = min(deadline for deadline, _ in self.stack)
        signal.setitimer(signal.ITIMER_REAL, max(0.000_1, nearest - time.monotonic()))

    def _ring(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a signal handler's arguments
        """Raise the outermost timeout that is over, once; the others ring when it has left."""
        now = time.monotonic()
        over = next((entry for entry in self.stack if entry[0] <= now), None)
        if over is not None:
            self.stack.remove(over)
        if self.stack:
            self._set()
        if over is not None:
            raise over[1]


_deadlines = _Deadlines()


@contextmanager
def _alarm(seconds: float, mine: type[TimeIsUp]) -> Generator[None, None, None]:
    """Raise `mine` on the main thread after so many seconds."""
    _deadlines.add(seconds, mine)
    try:
        yield
    finally:
        _deadlines.remove(mine)


@contextmanager
def _plant(seconds: float, mine: type[TimeIsUp]) -> Generator[None, None, None]:
    """Have `mine` raised in this thread after so many seconds, as soon as it executes Python code."""
    planting = _Planting(mine)
    timer = threading.Timer(seconds, planting.plant)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        planting.end()


class _Planting:
    """An exception that other threads may plant in this one, until it ends."""

    def __init__(self, mine: type[TimeIsUp]) -> None:
        self._mine = mine
        self._thread = threading.get_ident()
        self._lock = threading.Lock()
        self._over = False
        self._planted = False

    def plant(self) -> None:
        """Have it raised in the thread it is meant for, at once where that is this one."""
        if threading.get_ident() == self._thread:
            raise self._mine
        with self._lock:
            if not self._over:
                self._planted = True
                _raise_in(self._thread, self._mine)

    def end(self) -> None:
        """Let it be planted no more; one that was planted and not raised yet is raised here, and no later."""
        with self._lock:
            self._over = True
        if self._planted:
            # To take it back would leave CPython 3.11 looking for it for ever, slowly, and hanging under a debugger.
            with suppress(self._mine):
                for _ in range(2):  # where a loop goes round, what is planted is raised
                    pass


def _moved_past(seconds: float, mine: type[TimeIsUp]) -> AbstractContextManager[None]:
    """Have `mine` raised, too, when a test moves its clock past the deadline."""
    moved = clock.moved()
    return nullcontext() if moved is None else _watched(moved, seconds, mine)


@contextmanager
def _watched(moved: clock.MovedClock, seconds: float, mine: type[TimeIsUp]) -> Generator[None, None, None]:
    planting = _Planting(mine)
    call_off = moved.watch(seconds, planting.plant)
    try:
        yield
    finally:
        call_off()
        planting.end()


@contextmanager
def _moved_past_in_loop(seconds: float, scope: asyncio.Timeout) -> Generator[None, None, None]:
    """Let the scope's time be over when a test moves its clock past the deadline."""
    moved = clock.moved()
    if moved is None:
        yield
        return
    import asyncio  # start-up

    loop, thread = asyncio.get_running_loop(), threading.get_ident()

    def ring() -> None:
        if threading.get_ident() == thread:
            scope.reschedule(loop.time())
        else:
            loop.call_soon_threadsafe(lambda: scope.reschedule(loop.time()))

    call_off = moved.watch(seconds, ring)
    try:
        yield
    finally:
        call_off()


def _raise_in(thread: int, error: type[BaseException]) -> None:
    """Plant an exception in a thread."""
    import ctypes  # start-up

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))
