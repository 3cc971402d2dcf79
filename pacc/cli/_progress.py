"""How long work shows how far it is: a bar on a terminal, a line every ten seconds elsewhere, always on standard error."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pacc.cli._terminal import terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_QUIET_SECONDS = 1.0
_LINE_SECONDS = 10.0


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that takes how much is done and how much there is; nothing is shown of work that is over within a second.

    Args:
        label: what is done, in a word or two.
    """
    shown = _Bar(label) if terminal.draws and terminal.interactive else _Lines(label)
    try:
        yield shown
    finally:
        shown.close()


class _Lines:
    def __init__(self, label: str) -> None:
        self._label = label
        self._next = time.monotonic() + _LINE_SECONDS

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _LINE_SECONDS
            terminal.remark(f"{self._label}: {done:,} of {total:,}")

    def close(self) -> None:
        """Nothing is left to take away."""


class _Bar:
    def __init__(self, label: str) -> None:
        self._label = label
        self._begin = time.monotonic() + _QUIET_SECONDS
        self._bar: Any = None
        self._task: Any = None

    def __call__(self, done: int, total: int) -> None:
        if self._bar is None:
            if time.monotonic() < self._begin:
                return
            self._start()
        self._bar.update(self._task, completed=done, total=max(total, 1))

    def _start(self) -> None:
        from rich.console import Console  # start-up: most work is over before
        from rich.progress import Progress

        self._bar = Progress(console=Console(file=terminal.err), transient=True)
        self._task = self._bar.add_task(self._label, total=None)
        self._bar.start()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
