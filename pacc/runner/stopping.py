"""How a runner is told to stop: by Ctrl-C, once, twice or thrice, by a termination signal, or by its program."""

from __future__ import annotations

import signal
import threading
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Self

from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType


class Stop(IntEnum):
    """How urgent it is to stop."""

    NO = 0
    DRAIN = 1
    """Take no more runs, and wait for those under way."""
    TERMINATE = 2
    """Ask those under way to end."""
    KILL = 3
    """End them now."""


class StopSignals:
    """While entered on the main thread, signals say how urgent it is to stop; outside of it nothing does but the program.

    Example:
        >>> with StopSignals() as signals:
        ...     signals.wanted
        <Stop.NO: 0>
    """

    def __init__(self) -> None:
        self.wanted = Stop.NO
        self.reschedules = False
        """Whether runs that are asked to end are to be executed again, by whoever comes next."""
        self.tell: Callable[[], None] | None = None
        """Called when more is wanted, from a signal handler or another thread; wakes whoever waits."""
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number, handler in ((signal.SIGINT, self._interrupted), (signal.SIGTERM, self._terminated)):
                self._before[number] = signal.signal(number, handler)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def ask(self, how: Stop) -> None:
        """Want at least this much from now on."""
        self.wanted = max(self.wanted, how)
        self._tell()

    def _tell(self) -> None:
        if self.tell is not None:
            self.tell()

    def _interrupted(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a signal handler's arguments
        self.wanted = Stop(min(self.wanted + 1, Stop.KILL))
        self._tell()

    def _terminated(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as above
        wish = get_current_settings().runner.on_sigterm
        self.reschedules = wish == "reschedule"
        self.ask(Stop.DRAIN if wish == "drain" else Stop.TERMINATE)

    def said(self, heeded: Stop, count: int) -> str:
        """Return what a person is told as a degree of stopping is heeded while so many runs are under way.

        >>> StopSignals().said(Stop.DRAIN, 2)
        'No more runs are taken; waiting for 2 to end. Ctrl-C terminates them'
        """
        if heeded is Stop.KILL:
            return f"Killing {count} of them now"
        if heeded is Stop.DRAIN:
            goes_on = self.wanted > heeded
            return "No more runs are taken" + (
                "" if goes_on else f"; waiting for {count} to end. Ctrl-C terminates them"
            )
        if self.reschedules:
            return f"Ending {count}, to be executed again by whoever comes next"
        grace = get_current_settings().runner.grace_seconds
        return f"Asking {count} to end; what has not ended in {grace:g} s is killed. Ctrl-C kills it now"
