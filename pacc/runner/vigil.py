"""What a supervisor decides while the flow's process lives, and what it writes when that is gone."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

from pacc.exceptions import StoreError
from pacc.runner import endings
from pacc.runner.supervised import insist
from pacc.runner.usage import usage_differs
from pacc.schemas.states import StateType
from pacc.services.outcomes import HOOKS

if TYPE_CHECKING:
    import resource
    from collections.abc import Callable

    from pacc.runner.ears import Ears
    from pacc.runner.memory import MemoryKills
    from pacc.runner.supervised import Supervised
    from pacc.runner.usage import Meter
    from pacc.services.outcomes import Standing

LOOK_EVERY = 2.0
"""Seconds between two looks at the store for a request to cancel, where nobody else does that; a signal makes it look at once."""


class Vigil:
    """Watches over one run; see `pacc.runner.watch.Interest`.

    Args:
        run: the run.
        pid: the flow's process.
        meter: measures what the run's processes use.
        memory_kills: knows whether the system killed one of them.
        ears: what was asked of this process.
        grace: seconds between asking processes to end and killing them.
        begun: whether the run was taken up; the flow's process tells it otherwise.
        is_reminded: says whether somebody else looks at the store, and sends a signal when there is something to see.
    """

    def __init__(
        self,
        run: Supervised,
        pid: int,
        *,
        meter: Meter,
        memory_kills: MemoryKills,
        ears: Ears,
        grace: float,
        begun: bool,
        is_reminded: Callable[[], bool],
    ) -> None:
        self._run = run
        self._pid = pid
        self._meter = meter
        self._memory_kills = memory_kills
        self._ears = ears
        self._grace = grace
        self._is_reminded = is_reminded
        self._look_at = time.monotonic() + LOOK_EVERY
        self._version = 0
        self._standing: Standing | None = None
        self._deadline: tuple[float, float] | None = None
        self._hooks: frozenset[str] | None = None
        self._is_cancelled = self._is_killed = self._is_past_a_limit = False
        self._is_told = self._is_elsewhere = False
        self._told_usage: dict[str, Any] | None = None
        self.begun = begun
        """Whether the run was taken up, or is somebody else's to execute."""
        self._over_since: float | None = None
        self._why: str | None = None
        self._kind = StateType.CRASHED, "Crashed"
        self._entered: str | None = None

    # -- while it lives

    def told(self, facts: dict[str, Any]) -> None:
        """Take note of the deadline of the flow's attempt, of the hooks there are, and that there is nothing left to be written."""
        self.begun = self.begun or facts.get("begun", True)
        if "deadline" in facts:
            seconds = facts["deadline"]
            self._deadline = None if seconds is None else (time.monotonic() + seconds + self._grace, seconds)
        if "hooks" in facts:
            self._hooks = frozenset(facts["hooks"])
        if "ended" in facts:
            self._is_told, self._told_usage = True, facts["ended"]
        if "elsewhere" in facts:
            self._is_told = self._is_elsewhere = True

    def wants_end(self) -> float | None:
        """Return the grace with which the run is to be ended now, `None` where it may go on."""
        if self._ears.terminations:
            self._why = self._why or endings.TERMINATED
            return self._grace if self._ears.terminations == 1 else 0.0
        if self._ears.reschedules or self._is_past_a_limit or self._passes_a_limit():
            return 0.0
        self._look()
        if self._is_killed:
            return 0.0
        if self._is_cancelled or (self._standing is not None and self._standing.is_suspended):
            return self._grace
        is_stuck = self._over_since is not None and time.monotonic() > self._over_since + self._grace
        return 0.0 if is_stuck else None

    def due(self) -> float:
        """Return in how many seconds there is something to decide."""
        deadline = math.inf if self._deadline is None else self._deadline[0]
        return min(self._meter.due(), max(0.0, min(self._look_at, deadline) - time.monotonic()))

    def collected(self, used: resource.struct_rusage) -> None:
        """Take note of what a process of the run used that has ended."""
        self._meter.collect(used)

    def gone(self, status: int) -> None:
        """Take note of how the flow's process ended; where it should not have, the run says so at once."""
        if self._is_told:
            return
        if self._why is None:
            self._why = endings.of_process(
                status, self._pid, memory_ran_out=self._memory_kills.happened(), peak=self._meter.most
            )
        standing = insist(self._run.standing)
        self.begun = self.begun or (standing is not None and standing.is_ours)
        self._stands(standing)
        if not self._is_cancelled and not self._ears.reschedules:
            self._end(self._why)

    def _passes_a_limit(self) -> bool:
        """Look whether the run's processes use too much, or its attempt has gone on for too long; keep in mind why."""
        if self._why is not None:  # it is ending already
            return False
        self._why = self._meter.step()
        if self._why is None and self._deadline is not None and time.monotonic() >= self._deadline[0]:
            self._why = endings.of_timeout(self._deadline[1])
            self._kind = StateType.FAILED, "TimedOut"
        self._is_past_a_limit = self._why is not None
        return self._is_past_a_limit

    def _look(self) -> None:
        """Look where the run stands, if something may have changed there."""
        now = time.monotonic()
        if now < self._look_at and not self._ears.must_look:
            return
        self._look_at = now + LOOK_EVERY
        if not self._ears.must_look and self._over_since is None and self._is_reminded():
            return  # a connection to the store is what costs most here, and most runs end without one
        self._ears.must_look = False
        try:
            version = self._run.store.data_version()
            standing = self._run.standing() if version != self._version else self._standing
        except StoreError:  # the next look is soon
            return
        self._version, self._standing = version, standing
        self._stands(standing)
        if standing is not None and not standing.is_over:
            self._over_since = None
        elif self._over_since is None:
            self._over_since = now

    def _stands(self, standing: Standing | None) -> None:
        self._is_cancelled = standing is not None and standing.is_cancelling
        self._is_killed = standing is not None and standing.is_killing

    # -- when it is gone

    @property
    def is_plain(self) -> bool:
        """Whether the run ended as nearly all do: its process wrote everything itself."""
        return self._told_usage is not None and not self._is_cancelled and self._entered is None

    def conclude(self, status: int) -> str | None:
        """Write what is left to be written once all processes are gone.

        Returns:
            The option whose hooks are to be called for the state that was entered here, `None` where there are none.

        Raises:
            StoreError: the outcome could not be written.
        """
        if self._is_cancelled:
            self._end(endings.KILLED if self._is_killed else endings.CANCELLED)
            self._run.tell_that_it_was_cancelled()
        elif self._ears.reschedules:
            self._run.reschedule(endings.RESCHEDULED)
        usage = self._meter.usage(status)
        if self._is_to_be_noted(usage):
            insist(lambda: self._run.note_usage(usage), patience=5.0)
        option = HOOKS.get(self._entered or "")
        return option if self._hooks is None or option in self._hooks else None

    def _is_to_be_noted(self, usage: dict[str, Any]) -> bool:
        """Say whether the run's row lacks what its processes used, or is mistaken about it."""
        if self._is_elsewhere or not self.begun:
            return False
        return self._told_usage is None or usage_differs(self._told_usage, usage)

    def _end(self, why: str) -> None:
        self._entered = self._run.end(why, *self._kind) or self._entered
