"""Watches one child and all below it until none is left, and keeps what they write."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Protocol

from pacc._internal import process_tree as tree
from pacc._internal.processes import IS_LINUX
from pacc._internal.readable import readable
from pacc.runner.output import Lines

if TYPE_CHECKING:
    import resource

    from pacc.runner.children import Child
    from pacc.runner.ears import Ears
    from pacc.runner.output import Output

LEFTOVERS_GRACE = 5.0
"""Seconds that processes get to end which the watched one leaves behind."""

_LONGEST_PAUSE = 60.0


class Interest(Protocol):
    """Whoever has a child watched; called between two waits, never from elsewhere."""

    def told(self, facts: dict[str, Any]) -> None:
        """Take note of what the child tells; see `pacc.engine.supervision`."""

    def wants_end(self) -> float | None:
        """Return the grace with which all is to be ended now, `None` where it may go on."""

    def due(self) -> float:
        """Return in how many seconds to be asked again at the latest."""

    def collected(self, used: resource.struct_rusage) -> None:
        """Take note of what a process below this one used that has ended."""

    def gone(self, status: int) -> None:
        """Take note of how the child ended; others below it may be left."""


class Watch:
    """Watches a child.

    Args:
        child: the process.
        outputs: its standard output and error.
        ears: hears of signals, so that waiting ends.
        run_id: the run it belongs to.
        interest: whom to ask and to tell.
    """

    def __init__(
        self, child: Child, outputs: tuple[Output, ...], ears: Ears, run_id: str, interest: Interest
    ) -> None:
        self._child = child
        self._outputs = {output.descriptor: output for output in outputs}
        self._ears = ears
        self._run_id = run_id
        self._interest = interest
        self._told = Lines()
        self._ending: tree.Ending | None = None
        self._status: int | None = None
        os.set_blocking(child.told, False)

    def until_gone(self) -> int:
        """Return how the child ended, as `waitpid` says, once it and all below it are gone."""
        sources = [*self._outputs, self._child.told, self._ears.descriptor]
        while self._others_left() or self._status is None:
            for descriptor in readable(sources, self._pause()):
                if not self._read(descriptor):
                    sources.remove(descriptor)
        self._end_strays()
        for output in self._outputs.values():
            output.close()
        os.close(self._child.told)
        os.close(self._child.lifeline)
        return self._status

    def _others_left(self) -> bool:
        """Collect those that have ended; say whether there are others."""
        while True:
            try:
                pid, status, used = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if not pid:
                return True
            self._interest.collected(used)
            if pid == self._child.pid:
                self._status = status
                self._hear_child()
                for output in self._outputs.values():
                    output.collect()  # a pipe holds no more than is read at once
                self._interest.gone(status)

    def _pause(self) -> float:
        """Do what is to be done by now, and return how long to wait."""
        grace = self._interest.wants_end()
        if self._status is not None:
            grace = LEFTOVERS_GRACE if grace is None else min(grace, LEFTOVERS_GRACE)
        if grace is not None:
            self._end_within(grace)
        pause = min(self._interest.due(), _LONGEST_PAUSE)
        if self._ending is None:
            return pause
        if self._status is not None:
            self._ending.tell_others_now()
        return min(pause, self._ending.step())

    def _end_within(self, grace: float) -> None:
        if self._ending is None:
            self._ending = tree.Ending(self._child.pid, grace)
        elif not grace:
            self._ending.hurry()

    def _read(self, descriptor: int) -> bool:
        """Read what there is; return whether there may be more another time."""
        if descriptor in self._outputs:
            return self._outputs[descriptor].collect()
        if descriptor == self._child.told:
            return self._hear_child()
        self._ears.clear()
        return True

    def _hear_child(self) -> bool:
        """Hear what the child tells, its last words included: it tells little, so all of it fits."""
        try:
            data = os.read(self._child.told, 1 << 16)
        except BlockingIOError:
            return True
        for line in self._told.feed(data):
            self._interest.told(json.loads(line))
        return bool(data)

    def _end_strays(self) -> None:
        """Kill what is not below this process and still belongs to the run; where orphans come here there is hardly any."""
        if self._ending is None and IS_LINUX:
            return
        while strays := tree.carrying(self._run_id):
            tree.kill(strays)
