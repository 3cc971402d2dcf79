"""The supervisors a runner has started and that have not ended yet, forked from warm parents or in interpreters of their own."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from pacc._internal.readable import readable
from pacc.orchestration.run_limits import Limits
from pacc.runner.parents import Parents
from pacc.runner.spawning import spawn
from pacc.runner.warm import Order, Terms, source_of
from pacc.services import taking_up
from pacc.store.scribe import Scribe

if TYPE_CHECKING:
    import subprocess

    from pacc.runner.warm import Source
    from pacc.services.taking_up import Code
    from pacc.store import Store
    from pacc.store.watch import StoreWatch


class Crew:
    """Starts supervisors and knows which are still there.

    Args:
        session: the session of the runner, which claimed the runs.
        store: where they are kept.
        warm: fork them from processes that have loaded their code, where that can be done.
    """

    def __init__(self, session: str, store: Store, *, warm: bool = True) -> None:
        self._session = session
        self._store = store
        self._scribe = Scribe(store) if warm else None
        self._parents = None if self._scribe is None else Parents(Terms(session, self._scribe))
        self._at_work: dict[str, subprocess.Popen[bytes]] = {}
        self._is_silent = False
        """Whether no warm parent had anything to tell when this was last asked."""

    def __len__(self) -> int:
        return len(self._at_work) + (len(self._parents) if self._parents is not None else 0)

    def prepare(self, code: Code) -> None:
        """Have code loaded that will be wanted soon."""
        source = source_of(code)
        if self._parents is not None and source is not None:
            self._parents.prepare(source)

    def start(self, flow_run_id: str, code: Code) -> None:
        """Have a supervisor take up a run.

        Raises:
            OSError: none can be started.
            StoreError: the run cannot be read.
        """
        source = source_of(code)
        if source is None or not self._is_forked(flow_run_id, code, source):
            self._start_fresh(flow_run_id)

    def _is_forked(self, flow_run_id: str, code: Code, source: Source) -> bool:
        if self._parents is None:
            return False
        return self._parents.start(order_of(self._store, flow_run_id, code, self._session), source)

    def _start_fresh(self, flow_run_id: str) -> None:
        self._at_work[flow_run_id] = spawn(flow_run_id, claimed_by=self._session)

    def wait(self, seconds: float, watch: StoreWatch | None = None) -> None:
        """Wait so long, or until there is something to collect, or the store changes where a watch of it is given."""
        descriptors = self._parents.filenos() if self._parents is not None else []
        if watch is not None:
            self._is_silent = not watch.wait(seconds, descriptors)
        else:
            self._is_silent = not readable(descriptors, seconds)

    def is_told(self) -> bool:
        """Say whether the end of each supervisor ends a wait; those of others are found by asking."""
        return not self._at_work and (self._parents is None or self._parents.are_told())

    def collect(self) -> list[tuple[str, bool]]:
        """Return the runs whose supervisors have ended since this was last asked, and whether each ended as it should.

        A run that a warm parent would not begin and for which no interpreter can be started is among those that did not.
        """
        if self._is_silent and not len(self):
            return []
        ended = [
            (run, process.returncode == 0)
            for run, process in self._at_work.items()
            if process.poll() is not None
        ]
        for run, _ in ended:
            del self._at_work[run]
        if self._parents is not None:
            news = self._parents.collect()
            ended += news.ended
            ended += [(run, False) for run in news.sent_back if not self._is_started_fresh(run)]
        return ended

    def _is_started_fresh(self, flow_run_id: str) -> bool:
        try:
            self._start_fresh(flow_run_id)
        except OSError:
            return False
        return True

    def terminate(self) -> None:
        """Ask every supervisor to end its run; asked again, it kills."""
        self._signal(signal.SIGTERM)

    def reschedule(self) -> None:
        """Ask every supervisor to end its run and let it wait for the next runner."""
        self._signal(signal.SIGUSR2)

    def _signal(self, number: int) -> None:
        for process in self._at_work.values():
            process.send_signal(number)
        if self._parents is not None:
            self._parents.signal(number)

    def leave(self, patience: float = 2.0) -> None:
        """Ask those that are left to end, wait a moment, and let go of the others: they end without this process, too."""
        if len(self):
            self.terminate()
        if self._parents is not None:
            self._parents.close()
        self._is_silent = False
        until = time.monotonic() + patience
        while self._is_busy() and time.monotonic() < until:
            self.collect()
            time.sleep(0.005)
        for process in self._at_work.values():
            process.returncode = 0  # or Python would warn of a child that is left to itself
        if self._parents is not None:
            self._parents.leave()
        if self._scribe is not None:
            self._scribe.close()

    def _is_busy(self) -> bool:
        return bool(len(self)) or (self._parents is not None and self._parents.are_there())


def order_of(store: Store, flow_run_id: str, code: Code, session: str) -> Order:
    """Return a run as a supervisor is asked for it, with all that is known of it here.

    Args:
        store: where it is kept.
        flow_run_id: the run.
        code: where its code is.
        session: the session that has claimed it.

    Raises:
        StoreError: it cannot be read.
    """
    return Order(flow_run_id, _limits_of(code), taking_up.claimed(store, flow_run_id, session))


def _limits_of(code: Code) -> Limits | None:
    """Return what a run may use, `None` where its job variables make no sense: its supervisor will say so."""
    try:
        return Limits.of(code.job_variables)
    except ValueError:
        return None
