"""The supervisors a runner has started and that have not ended yet."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from pacc.runner.spawning import spawn

if TYPE_CHECKING:
    import subprocess


class Crew:
    """Starts supervisors and knows which are still there.

    Args:
        session: the session of the runner, which claimed the runs.
        stream: whether what runs write comes to this process's standard output and error.
    """

    def __init__(self, session: str, *, stream: bool = True) -> None:
        self._session = session
        self._stream = stream
        self._at_work: dict[str, subprocess.Popen[bytes]] = {}

    def __len__(self) -> int:
        return len(self._at_work)

    def start(self, flow_run_id: str) -> None:
        """Have a supervisor take up a run.

        Raises:
            OSError: none can be started.
        """
        self._at_work[flow_run_id] = spawn(flow_run_id, claimed_by=self._session, stream=self._stream)

    def collect(self) -> list[tuple[str, bool]]:
        """Return the runs whose supervisors have ended since this was last asked, and whether each ended as it should."""
        ended = [
            (run, process.returncode == 0)
            for run, process in self._at_work.items()
            if process.poll() is not None
        ]
        for run, _ in ended:
            del self._at_work[run]
        return ended

    def terminate(self) -> None:
        """Ask every supervisor to end its run; asked again, it kills."""
        for process in self._at_work.values():
            process.send_signal(signal.SIGTERM)

    def reschedule(self) -> None:
        """Ask every supervisor to end its run and let it wait for the next runner."""
        for process in self._at_work.values():
            process.send_signal(signal.SIGUSR2)

    def leave(self, patience: float = 2.0) -> None:
        """Ask those that are left to end, wait a moment, and let go of the others: they end without this process, too."""
        self.terminate()
        until = time.monotonic() + patience
        while self._at_work and time.monotonic() < until:
            self.collect()
            time.sleep(0.01)
        for process in self._at_work.values():
            process.returncode = 0  # or Python would warn of a child that is left to itself
