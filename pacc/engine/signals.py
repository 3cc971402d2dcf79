"""Signals that end a process end its flow run like any other interruption: recorded, hooks called, then the process goes."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Any

from pacc.exceptions import TerminationSignal

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType


class _Termination(TerminationSignal, SystemExit):
    """The signal as it is raised: an event loop lets `SystemExit` through wherever it meets it, and swallows others."""


_arrived: BaseException | None = None
"""What the signal that arrived last amounts to, while a flow run is under way."""


class SignalsRaise:
    """While entered on the main thread, SIGTERM raises `TerminationSignal` there.

    On the way out the handlers from before are back, and where a termination signal ended the block the process sends it to itself
    again: it ends as it would have without pacc, exit code and all. A program with a handler of its own for SIGTERM keeps it.

    Args:
        in_loop: whether the block runs in an event loop, which turns signals into cancellation; they are noted then, so that
            `cause_of` can tell.
    """

    __slots__ = ("_before", "_in_loop")

    def __init__(self, *, in_loop: bool) -> None:
        self._in_loop = in_loop
        self._before: dict[int, tuple[Any, Any]] = {}

    def __enter__(self) -> None:
        global _arrived
        if threading.current_thread() is not threading.main_thread():
            return
        _arrived = None
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            self._replace(signal.SIGTERM, _terminate)
        interrupt = signal.getsignal(signal.SIGINT)
        if self._in_loop and callable(interrupt):
            self._replace(signal.SIGINT, _noting(interrupt))

    def _replace(self, number: int, handler: Callable[..., None]) -> None:
        self._before[number] = handler, signal.signal(number, handler)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, (handler, before) in self._before.items():
            if signal.getsignal(number) is handler:
                signal.signal(number, before)
        if error is not None and isinstance(cause_of(error), TerminationSignal) and self._before:
            os.kill(os.getpid(), signal.SIGTERM)


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
