"""What every type of worker is: it claims the runs of a work pool the moment they are due, and has each executed in its way.

A type of its own is a subclass with a `type` and a `run`; see `docs/work-pools.md`. What `run` may rely on: the run is claimed for
this worker, by this worker alone, and within every limit. What becomes of a run is the engine's to write; a worker writes only what
the engine could not.
"""

from __future__ import annotations

import abc
import asyncio
import logging
import time
from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar
from uuid import UUID, uuid4

from pydantic import BaseModel

from pacc._internal import clock, sessions
from pacc.client.orchestration import PaccClient
from pacc.exceptions import (
    BlockNotFound,
    InvalidNameError,
    InvalidValueError,
    ObjectAlreadyExists,
    ObjectNotFound,
    PaccException,
    StaleTransition,
    StoreError,
)
from pacc.logging import configure, flow_run_logger
from pacc.loops.household import keeping_house
from pacc.runner.stopping import Stop, StopSignals
from pacc.schemas.work_pools import WorkPool, WorkPoolCreate, WorkPoolUpdate
from pacc.services import (
    admission,
    claims,
    deployments,
    execution_events,
    flow_runs,
    work_pools,
    work_queues,
    workers,
)
from pacc.services.run_transitions import propose_flow_run_state
from pacc.settings import get_current_settings
from pacc.states import Cancelled, Crashed
from pacc.store import open_store
from pacc.workers import types
from pacc.workers.configuration import BaseJobConfiguration, BaseVariables
from pacc.workers.health import healthcheck

if TYPE_CHECKING:
    import builtins
    from collections.abc import Callable
    from pathlib import Path

    from pacc.schemas.deployments import Deployment
    from pacc.schemas.events import Event
    from pacc.schemas.flow_runs import FlowRun
    from pacc.services.claims import Claimed

__all__ = ["BaseJobConfiguration", "BaseVariables", "BaseWorker", "BaseWorkerResult"]

LOOK_SECONDS = 0.025
"""How often the store is asked whether anything has changed, while something does."""
IDLE_LOOK_SECONDS = 0.045
"""How often it is asked when nothing has changed for a while."""

_SHARE = 0.2
"""The share of one CPU that looking for runs may take where much is going on."""
_AGAIN_SECONDS = 1.0
_log = logging.getLogger("pacc.workers")


class BaseWorkerResult(BaseModel, abc.ABC):
    """How the infrastructure of a run ended."""

    identifier: str
    """What names it."""
    status_code: int
    """0 where it did its work."""

    def __bool__(self) -> bool:
        return self.status_code == 0


C = TypeVar("C", bound=BaseJobConfiguration)
V = TypeVar("V", bound=BaseVariables)
R = TypeVar("R", bound=BaseWorkerResult)


class Started:
    """Where a `run` says what its infrastructure is called, as soon as it is known: `task_status.started(identifier)`."""

    def __init__(self) -> None:
        self.identifier: str | None = None

    def started(self, value: object = None) -> None:
        """Take note of it."""
        self.identifier = None if value is None else str(value)


class Submission:
    """A run that this worker has claimed and that has not ended yet."""

    def __init__(self, claimed: Claimed) -> None:
        self.claimed = claimed
        self.status = Started()
        self.configuration: BaseJobConfiguration | None = None
        self.task: asyncio.Task[None] | None = None


class BaseWorker(abc.ABC, Generic[C, V, R]):
    """Takes the runs of a work pool; a subclass says how one is executed.

    Args:
        work_pool_name: the pool.
        work_queues: the queues of the pool it looks into; all by default. One that is not there is made.
        name: its name, unique among the workers of the pool; one is made up otherwise.
        prefetch_seconds: how long before its time a run is claimed; PACC_WORKER_PREFETCH_SECONDS by default.
        create_pool_if_not_found: make the pool where it is not there.
        limit: how many runs it executes at once; any number by default.
        heartbeat_interval_seconds: how often it says that it is there; PACC_WORKER_HEARTBEAT_SECONDS by default.
        base_job_template: what the infrastructure of runs is made of, where it makes the pool.

    Raises:
        InvalidNameError: the name holds a `/` or a `%`.

    Example:
        >>> worker = ProcessWorker("local", limit=4)  # doctest: +SKIP
        >>> asyncio.run(worker.start())  # doctest: +SKIP
    """

    type: ClassVar[str]
    job_configuration: builtins.type[BaseJobConfiguration] = BaseJobConfiguration
    job_configuration_variables: builtins.type[BaseVariables] | None = None
    _documentation_url: ClassVar[str] = ""
    _logo_url: ClassVar[str] = ""
    _description: ClassVar[str] = ""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        types.register(cls)

    def __init__(
        self,
        work_pool_name: str,
        work_queues: list[str] | None = None,
        name: str | None = None,
        prefetch_seconds: float | None = None,
        create_pool_if_not_found: bool = True,
        limit: int | None = None,
        heartbeat_interval_seconds: float | None = None,
        *,
        base_job_template: dict[str, Any] | None = None,
    ) -> None:
        settings = get_current_settings()
        self.name = checked_name(name or f"{type(self).__name__} {uuid4()}")
        self.heartbeat_interval_seconds = (
            settings.worker.heartbeat_seconds
            if heartbeat_interval_seconds is None
            else heartbeat_interval_seconds
        )
        self.is_setup = False
        """Whether it may take runs now."""
        self.backend_id: UUID | None = None
        """The id of its record, once it has said that it is there."""
        self._work_pool_name = work_pool_name
        self._queues = list(work_queues) if work_queues else None
        self._prefetch = (
            settings.worker.prefetch_seconds if prefetch_seconds is None else float(prefetch_seconds)
        )
        self._creates_pool = create_pool_if_not_found
        self._limit = limit
        self._base_job_template = base_job_template
        self._home: Path = settings.home
        self._signals = StopSignals()
        self._heeded = Stop.NO
        self._active: dict[str, Submission] = {}
        self._pool: WorkPool | None = None
        self._version: int | None = None
        self._due: int | None = None
        self._beat_at = 0.0
        self._rest_until = 0.0
        self._has_ended = False
        self._attends = False
        self._last_polled = self._changed_at = time.monotonic()

    # -- what a type of worker is

    @classmethod
    def get_documentation_url(cls) -> str:
        """Return where the type is explained."""
        return cls._documentation_url

    @classmethod
    def get_logo_url(cls) -> str:
        """Return a picture of the type."""
        return cls._logo_url

    @classmethod
    def get_description(cls) -> str:
        """Return a sentence on what workers of the type do."""
        return cls._description

    @classmethod
    def get_default_base_job_template(cls) -> dict[str, Any]:
        """Return what the infrastructure of runs is made of in a pool of the type that says nothing else.

        >>> sorted(ProcessWorker.get_default_base_job_template())  # doctest: +SKIP
        ['job_configuration', 'variables']
        """
        variables = cls.job_configuration_variables or BaseVariables
        return {
            "job_configuration": cls.job_configuration.json_template(),
            "variables": variables.model_json_schema(),
        }

    @staticmethod
    def get_worker_class_from_type(type: str) -> builtins.type[BaseWorker[Any, Any, Any]] | None:
        """Return the class of workers of a type, `None` where there is none."""
        return types.worker_classes().get(type)

    @staticmethod
    def get_all_available_worker_types() -> list[str]:
        """Return the types there are workers of."""
        return sorted(types.worker_classes())

    @abc.abstractmethod
    async def run(self, flow_run: FlowRun, configuration: C, task_status: Any = None) -> R:
        """Have a run executed, and wait until that is over.

        Args:
            flow_run: the run, which this worker has claimed.
            configuration: its infrastructure.
            task_status: told what the infrastructure is called: `task_status.started(identifier)`.

        Raises:
            Exception: the run could not be executed; it has crashed then, with what was raised as the reason.
        """

    async def kill_infrastructure(
        self, infrastructure_pid: str, configuration: C, grace_seconds: int = 30
    ) -> None:
        """End the infrastructure of a run.

        Args:
            infrastructure_pid: what it is called.
            configuration: what it was made of.
            grace_seconds: how long it may take to end by itself.

        Raises:
            NotImplementedError: workers of this type cannot.
        """
        raise NotImplementedError(f"{type(self).__name__} cannot end what it has started")

    # -- what it is now

    @property
    def work_pool(self) -> WorkPool:
        """The pool, as it was last looked at."""
        if self._pool is None:
            raise RuntimeError("the worker has not been set up")
        return self._pool

    @property
    def client(self) -> PaccClient:
        """A client of the store it takes runs from."""
        return PaccClient(self._store)

    @property
    def limiter(self) -> int | None:
        """How many runs it executes at once; `None` for any number."""
        return self._limit

    def get_name_slug(self) -> str:
        """Return its name as it may stand in names of other systems."""
        return "-".join("".join(each if each.isalnum() else " " for each in self.name.lower()).split())

    def get_flow_run_logger(self, flow_run: FlowRun) -> Any:
        """Return a logger whose lines belong to a run."""
        return flow_run_logger(flow_run).getChild(
            "worker", extra={"worker_name": self.name, "work_pool_name": self._work_pool_name}
        )

    def get_status(self) -> dict[str, Any]:
        """Return what there is to know of it."""
        return {
            "name": self.name,
            "work_pool": None if self._pool is None else self._pool.name,
            "settings": {"prefetch_seconds": self._prefetch},
            "active_runs": len(self._active),
        }

    def is_worker_still_polling(self, query_interval_seconds: float) -> bool:
        """Say whether it has looked for runs within thirty such intervals."""
        return time.monotonic() - self._last_polled <= 30 * query_interval_seconds

    # -- at work

    async def start(
        self,
        run_once: bool = False,
        with_healthcheck: bool = False,
        printer: Callable[..., None] = print,
    ) -> None:
        """Take runs until it is told to stop, and all that it took have ended.

        On the main thread Ctrl-C tells it to: once, and it takes no more runs; twice, and it asks those under way to end; thrice, and
        it kills them. PACC_RUNNER_ON_SIGTERM says what SIGTERM means.

        Args:
            run_once: take what is due now, and stop.
            with_healthcheck: answer on PACC_WORKER_WEBSERVER_HOST and _PORT whether it looks for runs.
            printer: told that it has started, and that it has stopped.

        Raises:
            ObjectNotFound: there is no such pool, and it is not to be made.
            InvalidValueError: the pool is of another type.
            StoreError: the store cannot be used at its start; later on it is tried again.
            ServerError: nobody can listen where the healthcheck is to.
        """
        configure()
        self._attends = not run_once
        with ExitStack() as around:
            around.enter_context(self._signals)
            around.enter_context(self._health() if with_healthcheck else nullcontext())
            await self.setup()
            try:
                around.enter_context(keeping_house(self._store) if self._attends else nullcontext())
                printer(f"Worker {self.name!r} started, for the work pool {self._work_pool_name!r}.")
                if run_once:
                    await self.get_and_submit_flow_runs()
                    self.stop()
                while not self.stopping or self._active:  # noqa: ASYNC110 - the store has no event to wait for
                    await asyncio.sleep(await self._turn())
            finally:
                await self.teardown()
        printer(f"Worker {self.name!r} stopped.")

    def stop(self) -> None:
        """Take no more runs; `start` returns once those under way have ended."""
        self._signals.ask(Stop.DRAIN)

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._signals.wanted > Stop.NO

    async def setup(self) -> None:
        """Make ready to take runs: find the pool, or make it, and say that it is there.

        Raises:
            ObjectNotFound: there is no such pool, and it is not to be made.
            InvalidValueError: the pool is of another type.
            StoreError: the store cannot be used.
        """
        self._store = open_store(self._home)
        self._session = sessions.current(self._home)
        await self.sync_with_backend()
        self.is_setup = True

    async def teardown(self, *exc_info: Any) -> None:  # noqa: ARG002 - as an exit is called
        """Say that it is there no more, and end what is left of its runs, as after an error."""
        self.is_setup = False
        if self._active:
            await self._end_active(kill=False)
            await self._let_go()
        if self._pool is not None:
            workers.leave(self._store, self._pool.id, self.name)

    async def _let_go(self, patience: float = 2.0) -> None:
        """Give runs a moment to end, and wait for the others no longer; what was started for them goes on by itself."""
        until = time.monotonic() + patience
        while self._active and time.monotonic() < until:
            self._collect()
            await asyncio.sleep(LOOK_SECONDS)
        left = [each.task for each in self._active.values() if each.task is not None]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _collect(self) -> None:
        """Take note of what has ended, where a type of worker is not told by itself."""

    async def __aenter__(self) -> Self:
        await self.setup()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.teardown(*exc_info)

    async def sync_with_backend(self) -> None:
        """Look at the pool, make it where that is wanted, and say that this worker is there.

        Raises:
            ObjectNotFound: there is no such pool, and it is not to be made.
            InvalidValueError: the pool is of another type.
        """
        self._pool = self._found_pool()
        for queue in self._queues or ():
            work_queues.ensure(self._store, self._pool.name, queue)
        self.backend_id = workers.beat(
            self._store, self._pool.id, self.name, interval=max(1, round(self.heartbeat_interval_seconds)),
            session=self._session.id, queues=self._queues,
        )  # fmt: skip
        self._beat_at = time.monotonic() + self.heartbeat_interval_seconds

    async def _say_that_it_is_there(self) -> None:
        """Send a heartbeat; where the pool is gone, or another's, no more runs are taken."""
        try:
            await self.sync_with_backend()
        except (ObjectNotFound, InvalidValueError) as problem:
            self._beat_at = float("inf")
            if not self.stopping:
                _log.error("No more runs are taken: %s", problem)
                self.stop()

    def _found_pool(self) -> WorkPool:
        try:
            pool = work_pools.read(self._store, self._work_pool_name)
        except ObjectNotFound:
            if not self._creates_pool or self._pool is not None:
                raise
            pool = self._made_pool()
        if pool.type != self.type:
            raise InvalidValueError(
                f'the work pool "{pool.name}" is of type "{pool.type}", which a worker of type "{self.type}" does not serve'
            )
        if not pool.base_job_template:
            template = self.get_default_base_job_template()
            work_pools.update(self._store, pool.name, WorkPoolUpdate(base_job_template=template))
            pool = work_pools.read(self._store, pool.name)
        return pool

    def _made_pool(self) -> WorkPool:
        template = self._base_job_template or self.get_default_base_job_template()
        wanted = WorkPoolCreate(name=self._work_pool_name, type=self.type, base_job_template=template)
        try:
            pool = work_pools.create(self._store, wanted)
        except ObjectAlreadyExists:  # another worker was quicker
            return work_pools.read(self._store, self._work_pool_name)
        _log.info("Made the work pool %r of type %r", pool.name, pool.type)
        return pool

    def _health(self) -> Any:
        server = get_current_settings().worker.webserver
        query = get_current_settings().worker.query_seconds
        return healthcheck(server.host, server.port, lambda: self.is_worker_still_polling(query))

    async def _turn(self) -> float:
        """Do what is to be done now, and return in how many seconds to ask again."""
        self._collect()
        try:
            while self._signals.wanted > self._heeded:
                await self._heed()
            if time.monotonic() >= self._beat_at:
                await self._say_that_it_is_there()
            if not self.stopping and self._has_news():
                await self.get_and_submit_flow_runs()
        except StoreError as error:
            _log.error("The store cannot be used and is tried again in %g s: %s", _AGAIN_SECONDS, error)
            return _AGAIN_SECONDS
        return self._pause()

    def _pause(self) -> float:
        """Return how long to wait: until the next look, or until a run is due."""
        quiet = not self._active and time.monotonic() - self._changed_at > 1.0
        look = IDLE_LOOK_SECONDS if quiet else LOOK_SECONDS
        if self._due is None or time.monotonic() < self._rest_until:
            return look
        return max(0.001, min(look, (self._due - self._ahead() - clock.now()) / 1_000_000))

    def _has_news(self) -> bool:
        if time.monotonic() < self._rest_until:
            return False
        self._last_polled = time.monotonic()
        version = self._store.data_version()
        is_due = self._due is not None and clock.now() + self._ahead() >= self._due
        changed, self._version = version != self._version or self._has_ended, version
        if changed:
            self._changed_at = self._last_polled
        return changed or is_due

    def _ahead(self) -> int:
        return int(self._prefetch * 1_000_000)

    async def get_and_submit_flow_runs(self) -> list[FlowRun]:
        """Claim what is due and there is room for, have it executed, and return it.

        Raises:
            StoreError: the store cannot be used.
        """
        began, now = time.monotonic(), clock.now()
        self._has_ended = False
        if self._attends:
            admission.arrive(self._store, now)
        until = now + self._ahead()
        admission.admit_due(self._store, until)
        claimed = self._claimed(until)
        for collided in claims.collide(self._store, pool=self.work_pool.name):
            _log.info("The flow run %r is %s: its deployment has no room", collided.name, collided.state_name)
        self._due = claims.next_in_pool(self._store, self.work_pool.name, self._queues, until)
        ended = time.monotonic()
        self._rest_until = ended + (ended - began) * (1 / _SHARE - 1)
        for run in claimed:
            self._submit(run)
        return [flow_runs.read(self._store, run.id) for run in claimed]

    def _claimed(self, until: int) -> list[Claimed]:
        room = claims.MOST if self._limit is None else min(claims.MOST, self._limit - len(self._active))
        if room <= 0:
            return []
        due = claims.due_in_pool(self._store, self.work_pool.name, self._queues, now=until, limit=room)
        if not due:
            return []
        return claims.claim(
            self._store, due, session=self._session.id, process=self._session.process, limit=room
        )

    # -- one run

    def _submit(self, claimed: Claimed) -> None:
        submission = self._active[claimed.id] = Submission(claimed)
        submission.task = asyncio.get_running_loop().create_task(self._executed(submission))

    async def _executed(self, submission: Submission) -> None:
        """Have a run executed, and see to it that what cannot be executed says so."""
        run_id = submission.claimed.id
        try:
            flow_run = flow_runs.read(self._store, run_id)
            deployment = self._deployment_of(flow_run)
            configuration = await self._configuration(flow_run, deployment)
            submission.configuration = configuration
            told = self._tell_submitted(run_id)
            result = await self.run(flow_run, configuration, task_status=submission.status)
            self._tell_executed(told, result)
            await self._conclude(flow_run, result)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - a type's own code; the run says what went wrong
            self._failed(submission, error)
        finally:
            self._active.pop(run_id, None)
            self._has_ended = True

    def _tell_submitted(self, run_id: str) -> Event | None:
        """Say, as an event, that a run is handed to its infrastructure; nobody's run fails of it."""
        worker = execution_events.worker_resource(self.type, self.name)
        try:
            return execution_events.submitted(self._store, run_id, worker)
        except StoreError as error:
            _log.warning("That the flow run %s is submitted could not be told as an event: %s", run_id, error)
            return None

    def _tell_executed(self, before: Event | None, result: R) -> None:
        """Say, as an event, that the infrastructure of a run has ended."""
        if before is None:
            return
        try:
            execution_events.executed(self._store, before, result.identifier, result.status_code)
        except StoreError as error:
            _log.warning("That %s has ended could not be told as an event: %s", result.identifier, error)

    def _deployment_of(self, flow_run: FlowRun) -> Deployment | None:
        return (
            None if flow_run.deployment_id is None else deployments.read(self._store, flow_run.deployment_id)
        )

    async def _configuration(self, flow_run: FlowRun, deployment: Deployment | None) -> Any:
        return await self.job_configuration.resolve_for_flow_run(
            flow_run,
            client=self.client,
            work_pool=self.work_pool,
            worker_name=self.name,
            worker_id=self.backend_id,
            deployment=deployment,
        )

    async def _conclude(self, flow_run: FlowRun, result: R) -> None:
        """See to a run whose infrastructure has ended: one that has not ended with it has crashed."""
        now = flow_runs.read(self._store, flow_run.id)
        if not result and now.state is not None and not now.state.is_final():
            self._end(
                flow_run,
                Crashed(message=f"Its infrastructure ended with the exit code {result.status_code}."),
            )

    def _failed(self, submission: Submission, error: Exception) -> None:
        run_id, name = submission.claimed.id, submission.claimed.name
        try:
            if isinstance(error, ObjectNotFound) and not isinstance(error, BlockNotFound):
                self._end_claimed(run_id, Cancelled(message="Its deployment was deleted."))
                return
            expected = isinstance(error, PaccException)
            flow_run_logger(submission.claimed).error(
                "The run could not be submitted: %s", error, exc_info=None if expected else error
            )
            why = str(error) if expected else f"{type(error).__name__}: {error}"
            self._end_claimed(run_id, Crashed(message=f"The run could not be submitted: {why}"))
        except (PaccException, OSError) as problem:
            _log.error("The flow run %r failed, and that could not be written: %s", name, problem)

    def _end(self, flow_run: FlowRun, state: Any) -> None:
        self._end_claimed(str(flow_run.id), state)

    def _end_claimed(self, run_id: str, state: Any) -> None:
        try:
            propose_flow_run_state(self._store, run_id, state)
        except (ObjectNotFound, StaleTransition) as moved:
            _log.info("%s", moved)

    # -- stopping

    async def _heed(self) -> None:
        """Do what the next degree of stopping asks for."""
        self._heeded = Stop(self._heeded + 1)
        if self._active:
            _log.info("%s", self._signals.said(self._heeded, len(self._active)))
        if self._heeded > Stop.DRAIN:
            await self._end_active(kill=self._heeded is Stop.KILL)

    async def _end_active(self, *, kill: bool) -> None:
        grace = 0 if kill else round(get_current_settings().runner.grace_seconds)
        for submission in list(self._active.values()):
            identifier, configuration = submission.status.identifier, submission.configuration
            if identifier is None or configuration is None:
                continue
            try:
                await self.kill_infrastructure(identifier, configuration, grace)  # type: ignore[arg-type]
            except Exception as error:  # noqa: BLE001 - a type's own code; the others are ended all the same
                _log.error("The flow run %r cannot be ended: %s", submission.claimed.name, error)


def checked_name(name: str) -> str:
    """Return a name a worker may have.

    Raises:
        InvalidNameError: it holds a `/` or a `%`.
    """
    if wrong := next((each for each in "/%" if each in name), None):
        raise InvalidNameError(f"the worker name {name!r} holds {wrong!r}; leave out / %")
    return name
