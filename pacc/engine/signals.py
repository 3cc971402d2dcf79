"""A termination signal ends a flow run like any other interruption: recorded, hooks called, then the process goes."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Any

from pacc.exceptions import TerminationSignal

if TYPE_CHECKING:
    from types import FrameType, TracebackType


class TerminationRaises:
    """While entered on the main thread, SIGTERM raises `TerminationSignal` there.

    On the way out the handler from before is back, and where a termination signal ended the block the process sends it to itself
    again: it ends as it would have without pacc, exit code and all. A program with a handler of its own for SIGTERM keeps it.
    """

    __slots__ = ("_before",)

    def __init__(self) -> None:
        self._before: Any = None

    def __enter__(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            self._before = signal.signal(signal.SIGTERM, _raise)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is None:
            return
        signal.signal(signal.SIGTERM, self._before)
        if isinstance(error, TerminationSignal):
            os.kill(os.getpid(), signal.SIGTERM)


def _raise(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's arguments
    raise TerminationSignal(signal=number)
