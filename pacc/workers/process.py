"""The worker whose runs are processes of this machine, each under a supervisor of its own, as `serve` has them."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from pathlib import Path  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING, Any

from pydantic import Field, field_validator

from pacc._internal import process_tree as tree
from pacc.exceptions import StoreError
from pacc.runner import spawning
from pacc.runner.crew import order_of
from pacc.runner.parents import Parents
from pacc.runner.reminding import Reminder
from pacc.runner.warm import Source, Terms, source_of
from pacc.services import claims, flow_runs, reaping, taking_up
from pacc.settings import get_current_settings
from pacc.store.scribe import Scribe
from pacc.workers.base import BaseWorker, BaseWorkerResult
from pacc.workers.configuration import BaseJobConfiguration, BaseVariables

if TYPE_CHECKING:
    import subprocess

    from pacc.runner.warm import Order
    from pacc.schemas.flow_runs import FlowRun
    from pacc.services.taking_up import Code
    from pacc.store import Store

__all__ = ["ProcessJobConfiguration", "ProcessVariables", "ProcessWorker", "ProcessWorkerResult"]

_LOOK_SECONDS = 0.02


class ProcessJobConfiguration(BaseJobConfiguration):
    """The processes of one run."""

    stream_output: bool = Field(
        default=True, description="Whether what the run writes comes to the worker's own output."
    )
    working_dir: Path | None = Field(
        default=None,
        description="The folder the run is in; that of its deployment, or of the worker, by default.",
    )

    def _entrust(self, flow_run_id: str, session: str) -> None:
        """Do nothing: the worker tells the supervisor itself, and lets runs with one environment share what is loaded."""

    @field_validator("working_dir")
    @classmethod
    def validate_working_dir(cls, v: Path | None) -> Path | None:
        """Return the folder with `~` written out."""
        return None if v is None else v.expanduser()


class ProcessVariables(BaseVariables):
    """What deployments and runs may say of their processes."""

    stream_output: bool = Field(
        default=True, description="Whether what the run writes comes to the worker's own output."
    )
    working_dir: Path | None = Field(
        default=None,
        title="Working Directory",
        description="The folder the run is in; that of its deployment, or of the worker, by default.",
    )


class ProcessWorkerResult(BaseWorkerResult):
    """How the process that supervised a run ended; 0 once the outcome of the run was written, whatever it is."""


class ProcessWorker(BaseWorker[ProcessJobConfiguration, ProcessVariables, ProcessWorkerResult]):
    """Executes runs in processes of this machine.

    Example:
        >>> worker = ProcessWorker("local", limit=4)  # doctest: +SKIP
        >>> asyncio.run(worker.start())  # doctest: +SKIP
    """

    type = "process"
    job_configuration = ProcessJobConfiguration
    job_configuration_variables = ProcessVariables
    _description = "Execute flow runs as processes of the machine the worker runs on."

    async def setup(self) -> None:
        """Make ready to take runs; see `BaseWorker.setup`."""
        await super().setup()
        self._fresh: dict[str, subprocess.Popen[bytes]] = {}
        self._warm: WarmStarts | None = None
        if get_current_settings().runner.warm:
            self._warm = WarmStarts(self._session.id, self._store)
        self._reminder = Reminder(self._store)

    async def teardown(self, *exc_info: Any) -> None:
        """Say that it is there no more; see `BaseWorker.teardown`."""
        await super().teardown(*exc_info)
        if self._warm is not None:
            await self._warm.leave()

    def _collect(self) -> None:
        if self._warm is not None:
            self._warm.collect()
        if self._active:
            with suppress(StoreError):  # whatever is done next says so
                self._reminder.step()

    async def run(
        self, flow_run: FlowRun, configuration: ProcessJobConfiguration, task_status: Any = None
    ) -> ProcessWorkerResult:
        """Have a supervisor take the run up, forked from a process that has loaded its code where there can be one, and wait for it.

        Raises:
            OSError: none can be started: the folder or the command is not there, or there is no room for a process.
        """
        run_id = str(flow_run.id)
        if task_status is not None:
            task_status.started(run_id)
        code = await self._started_warm(run_id, configuration)
        if code is None:
            code = await self._started_fresh(run_id, configuration)
        return ProcessWorkerResult(identifier=f"{os.uname().nodename}:{run_id}", status_code=code)

    async def _started_warm(self, run_id: str, configuration: ProcessJobConfiguration) -> int | None:
        """Return the exit code of a supervisor that was forked; `None` where there was none."""
        code = taking_up.code_of(self._store, run_id)
        source = _source_of(code, configuration)
        if self._warm is None or source is None:
            return None
        order = order_of(self._store, run_id, code, self._session.id)
        return await self._warm.run(order, source, stream=configuration.stream_output)

    async def _started_fresh(self, run_id: str, configuration: ProcessJobConfiguration) -> int:
        process = self._fresh[run_id] = spawning.spawn(
            run_id,
            claimed_by=self._session.id,
            stream=configuration.stream_output,
            environment=configuration.env,
            folder=configuration.working_dir,
            command=configuration.command,
        )
        try:
            await _ended(process)
        finally:
            del self._fresh[run_id]
        return int(process.returncode)

    async def kill_infrastructure(
        self,
        infrastructure_pid: str,
        configuration: ProcessJobConfiguration,  # noqa: ARG002 - all supervisors are ended alike
        grace_seconds: int = 30,  # noqa: ARG002 - the supervisor gives it, or none when it is asked again
    ) -> None:
        """Ask the supervisor of a run to end it; asked again, it kills. Or to end it so that it is executed again, as the settings say.

        Raises:
            ProcessLookupError: it has ended already.
        """
        known = self._fresh.get(infrastructure_pid)
        pid = (
            flow_runs.read(self._store, infrastructure_pid).infrastructure_pid if known is None else known.pid
        )
        if pid is not None:
            os.kill(int(pid), signal.SIGUSR2 if self._signals.reschedules else signal.SIGTERM)

    async def _conclude(self, flow_run: FlowRun, result: ProcessWorkerResult) -> None:
        """Clear up after a supervisor that did not end as it should; a run it did not begin waits again."""
        if not result:
            tree.kill(tree.carrying(str(flow_run.id)))
            claims.not_begun(self._store, self._session.id, str(flow_run.id))
            reaping.reap(self._store)


class WarmStarts:
    """Supervisors that processes have forked which had loaded the code already, and whoever waits for their end.

    Args:
        session: the session of the worker.
        store: where the runs are kept.
    """

    def __init__(self, session: str, store: Store) -> None:
        self._scribe = Scribe(store)
        self._parents = {
            stream: Parents(Terms(session, self._scribe, stream=stream)) for stream in (True, False)
        }
        self._waiting: dict[str, asyncio.Future[int | None]] = {}

    async def run(self, order: Order, source: Source, *, stream: bool) -> int | None:
        """Have a run taken up and wait until its supervisor has ended; return its exit code, `None` where there was none."""
        if not self._parents[stream].start(order, source):
            return None
        waited_for: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._waiting[order.run] = waited_for
        try:
            return await waited_for
        finally:
            del self._waiting[order.run]

    def collect(self) -> None:
        """Tell who waits what has happened since this was last called."""
        for parents in self._parents.values():
            news = parents.collect()
            for run_id, well in news.ended:
                self._tell(run_id, 0 if well else 1)
            for run_id in news.sent_back:
                self._tell(run_id, None)

    def _tell(self, run_id: str, code: int | None) -> None:
        waited_for = self._waiting.get(run_id)
        if waited_for is not None and not waited_for.done():
            waited_for.set_result(code)

    async def leave(self, patience: float = 2.0) -> None:
        """Let go of the processes that fork; those with supervisors at work end once the last of them has."""
        for parents in self._parents.values():
            parents.close()
        until = time.monotonic() + patience
        while any(each.are_there() for each in self._parents.values()) and time.monotonic() < until:
            self.collect()
            await asyncio.sleep(_LOOK_SECONDS)
        for parents in self._parents.values():
            parents.leave()
        self._scribe.close()


def _source_of(code: Code, configuration: ProcessJobConfiguration) -> Source | None:
    """Return what can be loaded beforehand for a run, `None` where something about it is its own."""
    source = source_of(code)
    environment = {name: value for name, value in configuration.env.items() if value is not None}
    if source is None or configuration.command is not None or len(environment) < len(configuration.env):
        return None
    enters = configuration.working_dir is None or code.pull_steps  # those enter theirs from wherever they are
    folder = source.folder if enters else str(configuration.working_dir)
    if not os.path.isdir(folder):
        return None
    return Source(source.entrypoint, folder, tuple(sorted(environment.items())))


async def _ended(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process; one that is left alone lives on."""
    if hasattr(os, "pidfd_open"):
        await _told_of(os.pidfd_open(process.pid))
    while process.poll() is None:  # noqa: ASYNC110 - not every system tells of the end of a process
        await asyncio.sleep(_LOOK_SECONDS)


async def _told_of(descriptor: int) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
