"""The runner: claims runs of its deployments the moment they are due, and has each executed under a supervisor of its own.

It wakes on every change of the store and when the next run is due. Runs outlive it: a runner that is killed leaves its supervisors
at work, and whatever it had claimed and not begun goes back to who is next.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pacc._internal import clock, sessions
from pacc._internal import process_tree as tree
from pacc._internal.counting import counted
from pacc._internal.steps import awaitable
from pacc.context import either_colour
from pacc.exceptions import ObjectNotFound, StoreError
from pacc.loops.household import keeping_house
from pacc.runner import parents, spawning
from pacc.runner.beginnings import Beginnings
from pacc.runner.crew import Crew
from pacc.runner.reminding import Reminder
from pacc.runner.stopping import Stop, StopSignals
from pacc.runner.warm import source_of
from pacc.services import admission, claims, deployments, reaping, taking_up
from pacc.services.taking_up import Code
from pacc.settings import get_current_settings
from pacc.store import open_store
from pacc.store.watch import StoreWatch

if TYPE_CHECKING:
    from collections.abc import Generator
    from uuid import UUID

    from pacc.runner.warm import Source
    from pacc.services.claims import Claimed
    from pacc.store import Store

LOOK_SECONDS = 0.025
"""How often the store is asked whether anything has changed, unless the system tells that."""

_SHARE = 0.2
"""The share of one CPU that looking for runs may take where much is going on."""
_AGAIN_SECONDS = 1.0

_log = logging.getLogger("pacc.runner")


class AsTheSettingsSay:
    """Stands for a limit that nobody gave; `None` means that there is none."""


class Runner:
    """Executes the runs of some deployments as they come due, each in processes of its own.

    Args:
        name: what it is called in the log.
        query_seconds: how often the store is asked for news where the system does not tell of them, and at the most where it does;
            forty times a second by default.
        limit: how many runs it executes at once, `None` for any number; PACC_RUNNER_PROCESS_LIMIT by default.
        pause_on_shutdown: let the schedules of the deployments rest once it stops, until they are served again.
        warm: fork runs from processes that have loaded their code, where that can be done, instead of starting an interpreter for
            each; PACC_RUNNER_WARM by default.

    >>> runner = Runner(name="my-runner")
    >>> runner.add_flow(fetch_weather, name="hourly", cron="0 * * * *")  # doctest: +SKIP
    >>> asyncio.run(runner.start())  # doctest: +SKIP
    """

    def __init__(
        self,
        name: str | None = None,
        query_seconds: float | None = None,
        limit: int | type[AsTheSettingsSay] | None = AsTheSettingsSay,
        pause_on_shutdown: bool = True,
        warm: bool | None = None,
    ) -> None:
        settings = get_current_settings()
        self.name = Path(name).stem if name else "runner"
        self.query_seconds = LOOK_SECONDS if query_seconds is None else query_seconds
        self.limit = settings.runner.process_limit if isinstance(limit, type) else limit
        self.pause_on_shutdown = pause_on_shutdown
        self.warm = settings.runner.warm if warm is None else warm
        self.started = False
        """Whether it takes runs now, or waits for the last ones to end."""
        self._home = settings.home
        self._deployments: dict[UUID, None] = {}
        self._signals = StopSignals()
        self._last_polled: float | None = None

    # -- what it runs

    def _add_deployment(self, deployment: Any) -> UUID:
        """Write a deployment to the store and run it from now on. In async code, await it.

        Args:
            deployment: one that `flow.to_deployment` made.

        Returns:
            Its id.

        Raises:
            StoreError: it cannot be written.

        >>> runner.add_deployment(fetch_weather.to_deployment("hourly"))  # doctest: +SKIP
        """
        identity: UUID = deployment.write()
        self.add(identity)
        return identity

    def _add_flow(self, flow: Any, name: str | None = None, **options: Any) -> UUID:
        """Make a deployment of a flow and run it from now on. In async code, await it.

        Args:
            flow: the flow.
            name: the deployment's name; the runner's by default.
            **options: whatever `flow.to_deployment` takes.

        Returns:
            The deployment's id.

        Raises:
            StoreError: it cannot be written.

        >>> runner.add_flow(fetch_weather, cron="0 * * * *")  # doctest: +SKIP
        """
        return self._add_deployment(flow._to_deployment(name or self.name, **options))  # noqa: SLF001 - the name of either colour

    def add(self, deployment_id: UUID) -> None:
        """Run a deployment that is in the store from now on.

        >>> runner.add(UUID("0192f0c4-7d1e-7000-8000-000000000000"))  # doctest: +SKIP
        """
        self._deployments[deployment_id] = None
        if self.started:
            deployments.serve(self._store, [deployment_id], self._session.id)

    add_deployment = either_colour(_add_deployment)
    add_flow = either_colour(_add_flow)
    aadd_deployment = awaitable(_add_deployment)
    aadd_flow = awaitable(_add_flow)

    # -- running

    def run(self, *, run_once: bool = False) -> None:
        """Execute runs until it is told to stop, and all that it started have ended.

        On the main thread Ctrl-C tells it to: once, and it takes no more runs; twice, and it asks those under way to end; thrice, and
        it kills them. PACC_RUNNER_ON_SIGTERM says what SIGTERM means.

        Args:
            run_once: execute what is due now, and stop.

        Raises:
            StoreError: the store cannot be used at its start; later on it is tried again.

        >>> Runner().run(run_once=True)  # doctest: +SKIP
        """
        with self._at_work():
            self._begin(run_once=run_once)
            while not self._is_done():
                self._crew.wait(self._pause(self._turn()), self._watch)

    async def start(self, run_once: bool = False) -> None:
        """Execute runs until it is told to stop, and all that it started have ended; see `run`.

        Args:
            run_once: execute what is due now, and stop.

        Raises:
            StoreError: the store cannot be used at its start; later on it is tried again.

        >>> asyncio.run(Runner().start(run_once=True))  # doctest: +SKIP
        """
        with self._at_work():
            self._begin(run_once=run_once)
            while not self._is_done():
                await asyncio.sleep(self._turn())
                self._crew.wait(0)

    def stop(self) -> None:
        """Take no more runs; `run` returns once those under way have ended.

        >>> Runner().stop()
        """
        self._signals.ask(Stop.DRAIN)

    async def astop(self) -> None:
        """Take no more runs; `start` returns once those under way have ended.

        >>> await runner.astop()  # doctest: +SKIP
        """
        self.stop()

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._signals.wanted > Stop.NO

    @property
    def last_polled(self) -> float | None:
        """When it last looked for runs, in seconds since the epoch."""
        return self._last_polled

    async def execute_flow_run(self, flow_run_id: UUID | str) -> int:
        """Execute one run that waits, whoever it belongs to, and wait until it has ended.

        Args:
            flow_run_id: the run.

        Returns:
            0 once its outcome is written, whatever it is; 1 where it could not be executed, which was said on standard error.

        >>> asyncio.run(Runner().execute_flow_run(run.id))  # doctest: +SKIP
        0
        """
        return await asyncio.to_thread(spawning.execute, str(flow_run_id))

    # -- how it does that

    @contextmanager
    def _at_work(self) -> Generator[None, None, None]:
        with self._signals:
            self._store: Store = open_store(self._home)
            self._session = sessions.current(self._home)
            self._crew = Crew(self._session.id, self._store, warm=self.warm)
            self._watch = StoreWatch(self._store.path, self.query_seconds)
            self._signals.tell = self._watch.wake
            deployments.serve(self._store, self._deployments, self._session.id)
            self.started = True
            try:
                with keeping_house(self._store):
                    yield
            finally:
                self.started = False
                self._crew.leave()  # after an error or a cancellation; else there are none left
                claims.give_back(self._store, self._session.id)
                deployments.unserve(self._store, self._session.id)
                admission.leave(self._store)
                self._signals.tell = None
                self._watch.close()

    def _begin(self, *, run_once: bool) -> None:
        self._version: int | None = None
        self._due: int | None = None
        self._rest_until = 0.0
        self._reminder = Reminder(self._store)
        self._claimed: list[Claimed] = []
        self._beginnings = Beginnings()
        self._starts_until = Stop.DRAIN if run_once else Stop.NO
        """The degree of stopping up to which what was claimed is started still."""
        self._failed: list[str] = []
        self._heeded = Stop.NO
        self._pauses = self.pause_on_shutdown and not run_once
        if run_once:
            self._turn()
            self.stop()
        else:
            self._prepare()

    def _prepare(self) -> None:
        """Have the code loaded of a runner that serves little; of others each is loaded when it is first wanted."""
        sources: dict[Source | None, Code] = {}
        for identity in self._deployments:
            with suppress(ObjectNotFound):
                code = taking_up.code_of_deployment(self._store, str(identity))
                sources.setdefault(source_of(code), code)
            if len(sources) > parents.MOST:
                return
        with suppress(OSError):  # whoever starts the first run will say so
            for code in sources.values():
                self._crew.prepare(code)

    def _is_done(self) -> bool:
        return self._heeded > Stop.NO and not self._claimed and not len(self._crew)

    def _turn(self) -> float:
        """Do what is to be done now, and return in how many seconds to ask again."""
        try:
            ended = self._collect()
            while self._signals.wanted > self._heeded:
                self._heed()
            if not self.stopping and (self._has_news() or ended):
                self._take()
            self._start_claimed()
            if len(self._crew):
                self._reminder.step()
        except StoreError as error:
            _log.error("The store cannot be used and is tried again in %g s: %s", _AGAIN_SECONDS, error)
            self._version = None  # what was not done for it is to be done still
            return _AGAIN_SECONDS
        return self.query_seconds

    def _pause(self, asked: float) -> float:
        """Return how long to wait for the store to change: `asked` seconds where anything is found out by asking only."""
        if self._version is None or not self._crew.is_told():
            return asked
        rest = self._rest_until - time.monotonic()
        if self._claimed:
            return self._beginnings.due()
        if rest > 0:
            return rest
        return math.inf if self._due is None else max(0.0, (self._due - clock.now()) / 1_000_000)

    def _has_news(self) -> bool:
        if time.monotonic() < self._rest_until:
            return False
        self._last_polled = time.time()
        version = self._store.data_version()
        is_due = self._due is not None and clock.now() >= self._due
        changed, self._version = version != self._version, version
        return changed or is_due

    def _take(self) -> None:
        """Claim what is due and there is room for."""
        began, now = time.thread_time(), clock.now()
        admission.before_claims(self._store, now)
        self._claim(now)
        for collided in claims.collide(self._store, self._session.id):
            _log.info("The flow run %r is %s: its deployment has no room", collided.name, collided.state_name)
        self._due = claims.next_of_served(self._store, self._session.id, now)
        self._rest_until = time.monotonic() + (time.thread_time() - began) * (1 / _SHARE - 1)

    def _claim(self, now: int) -> None:
        taken = len(self._crew) + len(self._claimed)
        room = claims.MOST if self.limit is None else min(claims.MOST, self.limit - taken)
        due = claims.due_of_served(self._store, self._session.id, now=now, limit=room) if room > 0 else []
        if due:
            self._claimed += claims.claim(
                self._store, due, session=self._session.id, process=self._session.process, limit=room
            )

    def _start_claimed(self) -> None:
        """Start a supervisor for each run that was claimed, as far as not too many begin just now; one that gets none waits again."""
        if self._heeded > self._starts_until:
            self._let_claimed_wait()
        while self._claimed and self._may_begin():
            run = self._claimed[0]
            try:
                self._crew.start(run.id, self._code_of(run.id))
                self._beginnings.add(run.id)
            except OSError as error:
                _log.error("The flow run %r cannot be started and waits again: %s", run.name, error)
                self._failed.append(run.id)
                self._rest_until = time.monotonic() + _AGAIN_SECONDS
            del self._claimed[0]

    def _let_claimed_wait(self) -> None:
        """Give back what was claimed and not started: this process is told to stop."""
        while self._claimed:
            claims.give_back(self._store, self._session.id, self._claimed[0].id)
            del self._claimed[0]

    def _may_begin(self) -> bool:
        if self._beginnings.are_full():
            self._beginnings.keep(claims.pending(self._store, self._session.id))
        return not self._beginnings.are_full()

    def _code_of(self, flow_run_id: str) -> Code:
        """Return where a run's code is; of one whose deployment is gone its supervisor will tell."""
        try:
            return taking_up.code_of(self._store, flow_run_id)
        except ObjectNotFound:
            return Code()

    def _collect(self) -> bool:
        """Clear up after supervisors that did not end as they should; say whether any has ended."""
        ended = self._crew.collect()
        self._failed += [run_id for run_id, well in ended if not well]
        while self._failed:
            tree.kill(tree.carrying(self._failed[0]))
            claims.not_begun(self._store, self._session.id, self._failed[0])
            reaping.reap(self._store)
            del self._failed[0]
        return bool(ended)

    def _heed(self) -> None:
        """Do what the next degree of stopping asks for."""
        self._heeded = Stop(self._heeded + 1)
        if self._heeded is Stop.DRAIN and self._pauses:
            self._stop_schedules()
        if len(self._crew):
            _log.info("%s", self._signals.said(self._heeded, len(self._crew)))
        if self._heeded is Stop.DRAIN:
            return
        if self._signals.reschedules:
            self._crew.reschedule()
        else:
            self._crew.terminate()

    def _let_schedules_rest(self) -> None:
        """Pause what nobody else serves; of two processes that stop at once the later one does."""
        deployments.unserve(self._store, self._session.id)
        elsewhere = deployments.served(self._store)
        resting = [each for each in self._deployments if str(each) not in elsewhere]
        for identity in resting:
            with suppress(ObjectNotFound):
                deployments.pause_at_shutdown(self._store, identity)
        if resting:
            _log.info(
                "The schedules of %s rest until somebody serves again", counted(len(resting), "deployment")
            )
        if len(resting) < len(self._deployments):
            kept = len(self._deployments) - len(resting)
            _log.info("Those of %d go on: another process serves them too", kept)

    def _stop_schedules(self) -> None:
        try:
            self._let_schedules_rest()
        except StoreError as error:
            _log.error("The schedules of the deployments go on, as that cannot be written: %s", error)
