"""What a run's processes use while they live, and used in all."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from pacc._internal import process_tree as tree
from pacc._internal import processes

if TYPE_CHECKING:
    import resource
    from collections.abc import Mapping

    from pacc.orchestration.run_limits import Limits

_EVERY = 2.0
_LIMITED_EVERY = 0.2
_SECONDS_FOR_ONE = 0.000_02
"""What looking at one process takes, roughly."""
_SHARE_OF_ALL = 0.2
"""The share of one CPU that all supervisors together may take for looking through processes."""
_SHARE_OF_ONE = 0.05
_PROCESSES_OF_A_RUN = 3
_A_LITTLE_MORE, _LAST_SECONDS, _LAST_BYTES = 1.05, 0.02, 1 << 20
"""What is not worth writing down that a process uses after it has told what it used."""


class Meter:
    """Looks at the processes below this one, seldom enough that a thousand meters cost little.

    What each of them used the system tells in the end. What all had at the same time is found by going through every process of
    the system, so that is done after a while only, and the more seldom the more there are. Where there are limits, the flow's process
    is looked at often, which costs little.

    Args:
        leader: the flow's process.
        limits: what they may use; all are looked at from the beginning then.
    """

    def __init__(self, leader: int, limits: Limits) -> None:
        now = time.monotonic()
        self._leader = leader
        self._limits = limits
        self._collected_peak = 0
        self._collected_seconds = 0.0
        self.peak = 0
        """Resident bytes of all of them together, the most that was seen."""
        self._next = now + (0.05 if limits else _EVERY)
        self._tree_at = now if limits else self._next
        self._pause = 0.1 if limits else _EVERY

    def step(self) -> str | None:
        """Look if it is time to; return a sentence on the limit that is passed, `None` where none is."""
        now = time.monotonic()
        if now < self._next:
            return None
        self._pause = min(self._pause * 1.5, _LIMITED_EVERY if self._limits else _EVERY)
        self._next = now + self._pause
        if now < self._tree_at or not self._may_look_at_all(now):
            self.peak = max(self.peak, tree.memory_of(self._leader))
            return None
        return self._look_at_all(now)

    def due(self) -> float:
        """Return the seconds until it is time to look."""
        return max(0.0, self._next - time.monotonic())

    def _may_look_at_all(self, now: float) -> bool:
        """Say whether all may be looked at now; with many processes each look costs more, and there are more who look."""
        if self._limits:
            return True
        count = tree.count()
        pause = _SECONDS_FOR_ONE * count * count / _PROCESSES_OF_A_RUN / _SHARE_OF_ALL
        self._tree_at = now + max(_EVERY, pause)
        return pause <= _EVERY

    def _look_at_all(self, now: float) -> str | None:
        members = tree.below(os.getpid())
        memory = sum(member.memory for member in members)
        self.peak = max(self.peak, memory)
        if not self._limits:
            return None
        took = time.monotonic() - now
        self._next = now + max(self._pause, took / _SHARE_OF_ONE)
        if self._limits.memory is not None and memory > self._limits.memory:
            memory = sum(tree.proportional_memory_of(member.pid) or member.memory for member in members)
        living = sum(member.cpu_seconds for member in members)
        return self._limits.exceeded_by(memory, living + self._collected_seconds)

    def collect(self, used: resource.struct_rusage) -> None:
        """Take note of what a process used that has ended, with those it had waited for."""
        self._collected_peak = max(self._collected_peak, used.ru_maxrss * processes.MAXRSS_UNIT)
        self._collected_seconds += used.ru_utime + used.ru_stime

    @property
    def most(self) -> int:
        """The most resident bytes that were seen of all together, or that the system tells of one."""
        return max(self.peak, self._collected_peak)

    def usage(self, status: int | None) -> dict[str, Any]:
        """Return what there is to say in the end.

        Args:
            status: how the flow's process ended, as `waitpid` says.
        """
        return {
            "peak_memory": self.most,
            "cpu_seconds": round(self._collected_seconds, 3),
            **({} if status is None else ended(status)),
        }


def ended(status: int) -> dict[str, Any]:
    """Return how a process ended, as `waitpid` says, by name: its exit code, or the signal that killed it.

    >>> ended(9), ended(3 << 8)
    ({'signal': 'SIGKILL'}, {'exit_code': 3})
    """
    code = os.waitstatus_to_exitcode(status)
    return {"exit_code": code} if code >= 0 else {"signal": signal_name(-code)}


def usage_differs(told: Mapping[str, Any], measured: Mapping[str, Any]) -> bool:
    """Say whether a run's processes used more than its own one told, or ended otherwise; the last moments don't count.

    >>> usage_differs({"cpu_seconds": 1.0, "peak_memory": 0, "exit_code": 0}, {"cpu_seconds": 1.01, "peak_memory": 0, "exit_code": 0})
    False
    """
    return (
        told.get("exit_code") != measured.get("exit_code")
        or measured["cpu_seconds"] > _A_LITTLE_MORE * told["cpu_seconds"] + _LAST_SECONDS
        or measured["peak_memory"] > _A_LITTLE_MORE * told["peak_memory"] + _LAST_BYTES
    )


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
