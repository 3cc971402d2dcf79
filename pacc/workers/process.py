"""The worker whose runs are processes of this machine, each under a supervisor of its own, as `serve` has them."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING, Any

from pydantic import Field, field_validator

from pacc.runner import spawning, tree
from pacc.services import claims, reaping
from pacc.workers.base import BaseWorker, BaseWorkerResult
from pacc.workers.configuration import BaseJobConfiguration, BaseVariables

if TYPE_CHECKING:
    import subprocess

    from pacc.schemas.flow_runs import FlowRun

__all__ = ["ProcessJobConfiguration", "ProcessVariables", "ProcessWorker", "ProcessWorkerResult"]

_LOOK_SECONDS = 0.1


class ProcessJobConfiguration(BaseJobConfiguration):
    """The processes of one run."""

    stream_output: bool = Field(
        default=True, description="Whether what the run writes comes to the worker's own output."
    )
    working_dir: Path | None = Field(
        default=None,
        description="The folder the run is in; that of its deployment, or of the worker, by default.",
    )

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

    async def run(
        self, flow_run: FlowRun, configuration: ProcessJobConfiguration, task_status: Any = None
    ) -> ProcessWorkerResult:
        """Start a supervisor of the run and wait until it has ended.

        Raises:
            OSError: it cannot be started: the folder or the command is not there, or there is no room for a process.
        """
        process = spawning.spawn(
            str(flow_run.id),
            claimed_by=self._session.id,
            stream=configuration.stream_output,
            environment=configuration.env,
            folder=configuration.working_dir,
            command=configuration.command,
        )
        if task_status is not None:
            task_status.started(process.pid)
        await _ended(process)
        return ProcessWorkerResult(
            identifier=f"{os.uname().nodename}:{process.pid}", status_code=process.returncode
        )

    async def kill_infrastructure(
        self,
        infrastructure_pid: str,
        configuration: ProcessJobConfiguration,  # noqa: ARG002 - all supervisors are ended alike
        grace_seconds: int = 30,  # noqa: ARG002 - the supervisor gives it, or none when it is asked again
    ) -> None:
        """Ask the supervisor to end its run; asked again, it kills. Or to end it so that it is executed again, as the settings say."""
        wish = signal.SIGUSR2 if self._signals.reschedules else signal.SIGTERM
        os.kill(int(infrastructure_pid), wish)

    async def _conclude(self, flow_run: FlowRun, result: ProcessWorkerResult) -> None:
        """Clear up after a supervisor that did not end as it should; a run it did not begin waits again."""
        if not result:
            tree.kill(tree.carrying(str(flow_run.id)))
            claims.give_back(self._store, self._session.id, str(flow_run.id))
            reaping.reap(self._store)


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
