"""The process that stands by while another executes a flow run: it outlives the flow and tells what became of it.

It loads no code of the user. It holds the lock that says the run is alive, collects what the run's processes write, measures what
they use, ends them when the run is cancelled or takes too long, and writes the outcome where the flow's process could not.
"""

from __future__ import annotations

import logging
import math
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pacc._internal import sessions
from pacc.exceptions import ObjectNotFound
from pacc.orchestration.run_limits import Limits
from pacc.runner import workplace
from pacc.runner.children import Child, start
from pacc.runner.ears import Ears
from pacc.runner.memory import MemoryKills
from pacc.runner.output import STDERR, STDOUT, Output
from pacc.runner.supervised import Supervised
from pacc.runner.system import take_in_orphans
from pacc.runner.usage import Meter
from pacc.runner.vigil import Vigil
from pacc.runner.watch import LEFTOVERS_GRACE, Watch
from pacc.services import taking_up
from pacc.services.processes_of_runs import Role, with_role
from pacc.services.taking_up import Claimant
from pacc.settings import get_current_settings
from pacc.store.log_files import log_path
from pacc.store.log_writing import RunLog

if TYPE_CHECKING:
    import resource
    from collections.abc import Callable
    from pathlib import Path

    from pacc.runner.watch import Interest


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One run to supervise."""

    home: Path
    flow_run_id: str
    claimed_by: str | None = None
    """The session of the runner that claimed it; `None` for a run that nobody claimed."""
    stream: bool = True
    """Whether what it writes is passed on to this process's own output."""
    reminded: bool = False
    """Whether the one that claimed it says, as long as it lives, when someone wants the run to end."""
    limits: Limits | None = None
    """What its processes may use, where that is known; then nobody needs to read it, and the flow's process takes the run up itself."""
    row: dict[str, Any] | None = None
    """The run as the runner read it a moment ago, for the flow's process."""


class Supervisor:
    """Supervises a run, from taking it up to its outcome, and then perhaps another one.

    Args:
        execute: executes the run, in a process of its own; called with the run's id, the supervisor as it answers for the run,
            whether the run is still to be taken up for it, and the run's row where that is known.
        call_hooks: calls the hooks of an option such as `on_crashed`, in a process of its own; called with the run's id, the
            supervisor's session and the option.
    """

    def __init__(
        self,
        execute: Callable[[str, Claimant, bool, dict[str, Any] | None], None],
        call_hooks: Callable[[str, str, str], None],
    ) -> None:
        self._execute = execute
        self._call_hooks = call_hooks
        settings = get_current_settings()
        self._grace = settings.runner.grace_seconds
        self._kept = settings.logging.to_api
        self._ears: Ears | None = None
        self.is_fit = False
        """Whether it may supervise another run: nothing of the last one is left in this process."""

    @property
    def ears(self) -> Ears:
        """What hears of signals in this process, from when this is first asked."""
        if self._ears is None:
            self._ears = Ears()
        return self._ears

    def supervise(self, assignment: Assignment) -> bool:
        """Have a run taken up and executed, and write what became of it.

        Args:
            assignment: which.

        Returns:
            Whether there is nothing more to be done about it; not so where its process ended before it had taken the run up.

        Raises:
            StaleTransition: somebody else has it, or it is over.
            ObjectNotFound: there is no such run.
            StoreError: it could not be taken up, or its outcome could not be written.
        """
        self._assignment = assignment
        self.is_fit = False
        if self._ears is None:
            with suppress(PermissionError):  # it leads a session already
                os.setsid()
            take_in_orphans()
        self.ears.must_look = False
        self._enter()
        limits = assignment.limits
        if limits is not None:
            return self._stand_by(limits, begun=False)
        taking_up.take_up(self._run.store, self._run.id, self._claimant)
        try:
            limits = Limits.of(taking_up.code_of(self._run.store, self._run.id).job_variables)
        except (ValueError, ObjectNotFound) as problem:
            self._run.end(str(problem))
            return True
        return self._stand_by(limits, begun=True)

    def call_hooks(self, assignment: Assignment, option: str) -> None:
        """Have the hooks of a run called whose own supervisor did not live to do that.

        Args:
            assignment: which run.
            option: which hooks, e.g. `on_crashed`.
        """
        self._assignment = assignment
        take_in_orphans()
        self._enter()
        self._have_hooks_called(option)
        workplace.clear(assignment.home, self._run.id)

    def _have_hooks_called(self, option: str) -> None:
        child = self._start(lambda: self._call_hooks(self._run.id, self._run.session, option))
        self._watched(child, Patience(self._grace))

    def _enter(self) -> None:
        """Begin the session that answers for the run."""
        home, run_id = self._assignment.home, self._assignment.flow_run_id
        session = sessions.current(home)
        self._claimant = Claimant(
            session=session.id,
            process=with_role(session.process, Role.SUPERVISES),
            claimed_by=self._assignment.claimed_by,
        )
        log = RunLog(log_path(home, run_id)) if self._kept.enabled else None
        self._run = Supervised(
            home=home, id=run_id, session=session.id, log=log, stream=self._assignment.stream
        )

    def _stand_by(self, limits: Limits, *, begun: bool) -> bool:
        """Have the run executed, and stay until all its processes are gone; say whether it was begun."""
        memory_kills = MemoryKills()
        row = self._assignment.row
        child = self._start(lambda: self._execute(self._run.id, self._claimant, not begun, row))
        vigil = Vigil(
            self._run,
            child.pid,
            meter=Meter(child.pid, limits),
            memory_kills=memory_kills,
            ears=self.ears,
            grace=self._grace,
            begun=begun,
            is_reminded=self._is_reminded,
        )
        status = self._watched(child, vigil)
        option = vigil.conclude(status)
        if option is not None:
            self._have_hooks_called(option)
        workplace.clear(self._assignment.home, self._run.id)
        self.is_fit = vigil.is_plain and status == 0 and self._run.is_untouched and not self.ears.terminations
        return vigil.begun

    def _is_reminded(self) -> bool:
        claimed_by = self._assignment.claimed_by
        return (
            self._assignment.reminded
            and claimed_by is not None
            and sessions.is_alive(self._assignment.home, claimed_by)
        )

    def _start(self, body: Callable[[], None]) -> Child:
        return start(body, run_id=self._run.id, stream=self._assignment.stream)

    def _watched(self, child: Child, interest: Interest) -> int:
        """Keep what a child writes until it is gone; return how it ended."""
        streams = ((child.stdout, STDOUT, logging.INFO, 1), (child.stderr, STDERR, logging.WARNING, 2))
        outputs = tuple(
            Output(
                descriptor,
                self._run.log,
                logger=logger,
                level=level,
                limit=self._kept.max_log_size,
                onward=onward if self._assignment.stream else None,
            )
            for descriptor, logger, level, onward in streams
        )
        return Watch(child, outputs, self.ears, self._run.id, interest).until_gone()


class Patience:
    """Gives a child so many seconds and is interested in nothing else; see `pacc.runner.watch.Interest`."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def told(self, facts: dict[str, Any]) -> None:
        """Hear what it tells."""

    def wants_end(self) -> float | None:
        """Return a grace once the time is over."""
        return LEFTOVERS_GRACE if time.monotonic() >= self._until else None

    def due(self) -> float:
        """Return the seconds that are left."""
        left = self._until - time.monotonic()
        return left if left > 0 else math.inf

    def collected(self, used: resource.struct_rusage) -> None:
        """Take note of what it used."""

    def gone(self, status: int) -> None:
        """Take note that it is gone."""
