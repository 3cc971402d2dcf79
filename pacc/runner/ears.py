"""The signals a supervisor listens to, noted until it has time for them."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from pacc.runner.children import SIGNALS


class Ears:
    """Notes signals from now on. SIGTERM asks to end the run, SIGUSR2 to have it executed again later, SIGUSR1 to look at the store."""

    def __init__(self) -> None:
        self.descriptor, mouth = os.pipe()
        """Readable when a signal has arrived."""
        for end in (self.descriptor, mouth):
            os.set_blocking(end, False)
        self.terminations = 0
        """How often the run was asked to end."""
        self.reschedules = False
        """Whether the run is to be ended here and executed again by whoever comes next."""
        self.must_look = False
        """Whether there may be something new in the store."""
        signal.set_wakeup_fd(mouth, warn_on_full_buffer=False)
        for number in SIGNALS:
            signal.signal(number, self._hear)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def clear(self) -> None:
        """Be silent until the next signal."""
        with suppress(BlockingIOError):
            os.read(self.descriptor, 4096)

    def _hear(self, number: int, _frame: object) -> None:
        if number in (signal.SIGTERM, signal.SIGINT):
            self.terminations += 1
        elif number == signal.SIGUSR2:
            self.reschedules = True
        elif number == signal.SIGUSR1:
            self.must_look = True
