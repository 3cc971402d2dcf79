"""What a run's processes use while they live, and used in all."""

from __future__ import annotations

import os
import resource
import time
from typing import TYPE_CHECKING, Any

from pacc.runner import tree
from pacc.runner.system import IS_LINUX

if TYPE_CHECKING:
    from pacc.runner.limits import Limits

_MAXRSS_UNIT = 1024 if IS_LINUX else 1
_LEADER_EVERY = 2.0
_LIMITED_EVERY = 0.2
_SHARE_OF_ALL = 0.2
"""The share of one CPU that all supervisors together may take for looking through processes."""
_SHARE_OF_ONE = 0.05
_PROCESSES_OF_A_RUN = 3


class Meter:
    """Looks at the processes below this one, seldom enough that a thousand meters cost little.

    Args:
        leader: the flow's process.
        limits: what they may use; they are looked at more often then.
    """

    def __init__(self, leader: int, limits: Limits) -> None:
        self._leader = leader
        self._limits = limits
        self.peak = 0
        """Resident bytes of all of them together, the most that was seen."""
        self._tree_at = 0.0
        self._next = time.monotonic() + 0.05
        self._pause = 0.1

    def step(self) -> str | None:
        """Look if it is time to; return a sentence on the limit that is passed, `None` where none is."""
        now = time.monotonic()
        if now < self._next:
            return None
        self._pause = min(self._pause * 1.5, _LIMITED_EVERY if self._limits else _LEADER_EVERY)
        self._next = now + self._pause
        if not self._limits and now < self._tree_at:
            self.peak = max(self.peak, tree.memory_of(self._leader))
            return None
        return self._look(now)

    def due(self) -> float:
        """Return the seconds until it is time to look."""
        return max(0.0, self._next - time.monotonic())

    def _look(self, now: float) -> str | None:
        members = tree.below(os.getpid())
        memory = sum(member.memory for member in members)
        self.peak = max(self.peak, memory)
        self._rest(now, time.monotonic() - now)
        if not self._limits:
            return None
        if self._limits.memory is not None and memory > self._limits.memory:
            memory = sum(tree.proportional_memory_of(member.pid) or member.memory for member in members)
        living = sum(member.cpu_seconds for member in members)
        return self._limits.exceeded_by(memory, living + _cpu_seconds(_collected()))

    def _rest(self, now: float, took: float) -> None:
        """With many processes each look costs more and there are more who look: leave the more time between them."""
        lookers = tree.count() / _PROCESSES_OF_A_RUN
        self._tree_at = now + max(_LEADER_EVERY, took * lookers / _SHARE_OF_ALL)
        if self._limits:
            self._next = now + max(self._pause, took / _SHARE_OF_ONE)

    def usage(self, status: int | None) -> dict[str, Any]:
        """Return what there is to say in the end.

        Args:
            status: how the flow's process ended, as `waitpid` says.
        """
        collected = _collected()
        return {
            "peak_memory": max(self.peak, collected.ru_maxrss * _MAXRSS_UNIT),
            "cpu_seconds": round(_cpu_seconds(collected), 3),
            **({} if status is None else ended(status)),
        }


def ended(status: int) -> dict[str, Any]:
    """Return how a process ended, as `waitpid` says, by name: its exit code, or the signal that killed it.

    >>> ended(9), ended(3 << 8)
    ({'signal': 'SIGKILL'}, {'exit_code': 3})
    """
    code = os.waitstatus_to_exitcode(status)
    return {"exit_code": code} if code >= 0 else {"signal": signal_name(-code)}


def signal_name(number: int) -> str:
    """Return the name of a signal, `signal 40` for one without.

    >>> signal_name(15)
    'SIGTERM'
    """
    import signal  # start-up

    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _collected() -> resource.struct_rusage:
    return resource.getrusage(resource.RUSAGE_CHILDREN)


def _cpu_seconds(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime
