"""What a flow run has handed to its task runner: it is joined before the flow run ends, and what failed unseen is told."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc._internal.until import Until
from pacc.engine.waiting import Aside
from pacc.states import Crashed

if TYPE_CHECKING:
    from collections.abc import Callable

    from pacc._internal.steps import Steps

GRACE = 5.0
"""Seconds that tasks which have started get to end, once their flow run was interrupted or took too long."""

_NAMED = 5


class Submissions:
    """The task runs that one flow run submitted and that are not over, and those that failed and nobody looked at.

    Nothing here grows with the number of tasks that went well.
    """

    __slots__ = ("_idle_calls", "_lock", "_process", "_unread", "open", "runner")

    def __init__(self) -> None:
        self._start_over()

    def _start_over(self) -> None:
        self._process = os.getpid()
        self.runner: Any = None
        """The flow run's own task runner, entered when the first task is submitted."""
        self.open: dict[int, Any] = {}
        """The futures of runs that are not over, by identity."""
        self._unread: dict[str, tuple[str, str | None]] = {}
        self._idle_calls: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def entered_runner(self, flow: Any) -> Any:
        """Return the flow run's task runner, a duplicate of its flow's, entered now if it is the first time."""
        self._mind_the_process()
        if self.runner is None:
            with self._lock:
                if self.runner is None:
                    runner = flow.task_runner.duplicate()
                    self.runner = runner.__enter__()
        return self.runner

    def _mind_the_process(self) -> None:
        """A forked child has none of its parent's threads, and nothing of what they do to wait for."""
        if self._process != os.getpid():
            self._start_over()

    # -- told by the futures

    def began(self, future: Any) -> None:
        """Note that a run was submitted."""
        self.open[id(future)] = future

    def failed(self, run_id: str, name: str, message: str | None) -> None:
        """Note that a run failed; it counts as unseen until `seen` is called."""
        self._unread[run_id] = name, message

    def seen(self, run_id: str) -> None:
        """Note that someone looked at what a run came to."""
        self._unread.pop(run_id, None)

    def ended(self, future: Any) -> None:
        """Note that a run is over and its callbacks were called."""
        with self._lock:
            self.open.pop(id(future), None)
            calls, self._idle_calls = (self._idle_calls, []) if not self.open else ([], self._idle_calls)
        for call in calls:
            call()

    def when_idle(self, fn: Callable[[], None]) -> None:
        """Call a function as soon as no submitted run is under way."""
        with self._lock:
            if self.open:
                self._idle_calls.append(fn)
                return
        fn()

    # -- asked by the flow run

    def join(self, deadline: float | None = None) -> Steps[bool]:
        """Wait for everything submitted, then let the runner go.

        Args:
            deadline: when to give up, on the monotonic clock.

        Returns:
            Whether everything is over.
        """
        self._mind_the_process()
        while self.open:
            left = None if deadline is None else max(0.0, deadline - clock.monotonic())
            if not (yield Until(self.when_idle, left)):
                return False
        runner, self.runner = self.runner, None
        if runner is not None:
            yield Aside(runner.__exit__, None, None, None)
        return True

    def stop(self, why: str) -> Steps[None]:
        """Call off what has not started, give a little time to what has, and leave it after that.

        Args:
            why: what happened to the flow run, as the end of a sentence: `its flow run was interrupted`.
        """
        self._mind_the_process()
        for future in list(self.open.values()):
            future.call_off(Crashed(message=f"Not started: {why}."))
        runner, self.runner = self.runner, None
        cancel = getattr(runner, "cancel_all", None)
        if cancel is not None:
            cancel()
        with suppress(
            BaseException
        ):  # whoever interrupts once more has waited enough; the first one goes on its way
            yield Until(self.when_idle, timeout=GRACE)
        for future in list(self.open.values()):
            future.abandon(Crashed(message=f"Left behind while it was running: {why}."))
        if runner is not None:
            runner.__exit__(SystemExit, None, None)

    def take_unseen(self) -> list[tuple[str, str, str | None]]:
        """Return the runs that failed and nobody looked at, by id, name and message, and forget them."""
        unread, self._unread = self._unread, {}
        return [(run_id, name, message) for run_id, (name, message) in unread.items()]

    def unseen_failures(self) -> str | None:
        """Return a sentence on the runs that failed and nobody looked at, and forget them; `None` where there are none."""
        unseen = self.take_unseen()
        if not unseen:
            return None
        names = [name for _, name, _ in unseen]
        listed = ", ".join(repr(name) for name in names[:_NAMED])
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        count = "A submitted task run" if len(names) == 1 else f"{len(names)} submitted task runs"
        cause = unseen[0][2]
        return f"{count} failed and nothing looked at its result or state: {listed}{more}." + (
            f" The first one: {cause}" if cause else ""
        )
