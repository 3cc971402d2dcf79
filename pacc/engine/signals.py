"""Signals that end a process end its flow run like any other interruption: recorded, hooks called, then the process goes."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pacc.exceptions import TerminationSignal

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType


class _Termination(TerminationSignal, SystemExit):
    """The signal as it is raised: an event loop lets `SystemExit` through wherever it meets it, and swallows others."""

    def __init__(self, signal: int) -> None:
        super().__init__(signal)
        self.code = 128 + signal


_arrived: BaseException | None = None
"""What the signal that arrived last amounts to, while a flow run is under way."""
_inside = 0
"""How many blocks are entered: in one event loop several flow runs may be under way."""
_replaced: dict[int, tuple[Any, Any]] = {}
"""For each signal that is handled here meanwhile: our handler, and the one from before."""


class _Alarm:
    """Wakes the running event loop when a signal has arrived.

    A loop that is just about to wait is not interrupted by the signal, and Python calls no handler while it waits: without this, a
    Ctrl-C of that very moment is heard only when the loop has something else to do. A program with a wake-up of its own keeps it.
    """

    __slots__ = ("_ears", "_loop", "_mouth")

    def __init__(self) -> None:
        import asyncio  # start-up: only flows in event loops need it
        import socket

        self._loop = asyncio.get_running_loop()
        self._ears, self._mouth = socket.socketpair()
        self._ears.setblocking(False)
        self._mouth.setblocking(False)
        before = signal.set_wakeup_fd(self._mouth.fileno(), warn_on_full_buffer=False)
        if before != -1:
            signal.set_wakeup_fd(before)
            return
        with suppress(NotImplementedError):
            self._loop.add_reader(self._ears, self._hear)

    def _hear(self) -> None:
        with suppress(BlockingIOError):
            self._ears.recv(4096)

    def close(self, *, forked: bool = False) -> None:
        """Take it down; a forked child leaves its parent's loop alone."""
        ours = self._mouth.fileno()
        now = signal.set_wakeup_fd(-1)
        if now not in (-1, ours):
            signal.set_wakeup_fd(now)
        if not forked and not self._loop.is_closed():
            self._loop.remove_reader(self._ears)
        self._ears.close()
        self._mouth.close()


_alarm: _Alarm | None = None


class SignalsRaise:
    """While entered on the main thread, SIGTERM raises `TerminationSignal` there.

    When the last such block is left the handlers from before are back, and where a termination signal ended it the process sends it to
    itself again: it ends as it would have without pacc, exit code and all. A program with a handler of its own for SIGTERM keeps it.

    Args:
        in_loop: whether the block runs in an event loop, which turns signals into cancellation; they are noted then, so that
            `cause_of` can tell.
    """

    __slots__ = ("_entered", "_in_loop")

    def __init__(self, *, in_loop: bool) -> None:
        self._in_loop = in_loop
        self._entered = False

    def __enter__(self) -> None:
        global _alarm, _arrived, _inside
        if threading.current_thread() is not threading.main_thread():
            return
        if not _inside:
            _arrived = None
        if self._in_loop and _alarm is None:
            _alarm = _Alarm()
        _inside += 1
        self._entered = True
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            _replace(signal.SIGTERM, _terminate)
        interrupt = signal.getsignal(signal.SIGINT)
        if self._in_loop and callable(interrupt) and signal.SIGINT not in _replaced:
            _replace(signal.SIGINT, _noting(interrupt))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        global _inside
        if not self._entered:
            return
        _inside -= 1
        if _inside:
            return
        is_ours = signal.SIGTERM in _replaced
        _restore()
        _silence()
        if is_ours and isinstance(_arrived, TerminationSignal):  # even where it was swallowed
            os.kill(os.getpid(), signal.SIGTERM)


def _replace(number: int, handler: Callable[..., None]) -> None:
    _replaced[number] = handler, signal.signal(number, handler)


def _start_over() -> None:
    """A forked child is not the flow run: signals do to it what they did before."""
    global _arrived, _inside
    _arrived, _inside = None, 0
    _restore()
    _silence(forked=True)


def _silence(*, forked: bool = False) -> None:
    global _alarm
    alarm, _alarm = _alarm, None
    if alarm is not None:
        alarm.close(forked=forked)


def _restore() -> None:
    while _replaced:
        number, (handler, before) = _replaced.popitem()
        if signal.getsignal(number) is handler:
            signal.signal(number, before)


os.register_at_fork(after_in_child=_start_over)


def cause_of(interruption: BaseException) -> BaseException:
    """Return what stands behind an interruption: an event loop answers a signal by cancelling what it runs."""
    is_cancellation = type(interruption).__name__ == "CancelledError"
    return _arrived if is_cancellation and _arrived is not None else interruption


def _terminate(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's arguments
    global _arrived
    _arrived = _Termination(signal=number)
    raise _arrived


def _noting(handler: Callable[..., Any]) -> Callable[..., None]:
    """Return a handler of the interrupt signal that keeps it in mind and does what the other does."""

    def note(number: int, frame: FrameType | None) -> None:
        global _arrived
        _arrived = KeyboardInterrupt()
        handler(number, frame)

    return note
