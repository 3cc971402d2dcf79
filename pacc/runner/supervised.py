"""One run in the store, as the process that answers for it writes to it."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pacc._internal import clock
from pacc.exceptions import StoreError
from pacc.schemas.states import StateType
from pacc.services import outcomes, pausing
from pacc.store import open_store
from pacc.store.log_writing import encode_line, line_head

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pacc.services.outcomes import Ended, Standing
    from pacc.store import Store
    from pacc.store.log_writing import RunLog

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds for which an outcome that cannot be written is tried again."""


@dataclass(slots=True, kw_only=True)
class Supervised:
    """A run and the session that answers for it."""

    home: Path
    id: str
    session: str
    log: RunLog | None = None
    """Where its lines are kept, unless none are."""
    stream: bool = False
    """Whether what became of it is told on this process's standard error, too."""
    _store: Store | None = None

    @property
    def store(self) -> Store:
        """The store it is kept in, opened when it is first asked for: after most runs there is nothing to write.

        Raises:
            StoreError: it cannot be opened.
        """
        if self._store is None:
            self._store = open_store(self.home)
            self._store.relax()  # after a power cut its lock is free, and whoever comes next tells what became of the run
        return self._store

    @property
    def is_untouched(self) -> bool:
        """Whether nobody has asked for the store so far."""
        return self._store is None

    def say(self, message: str, level: int = logging.ERROR) -> None:
        """Add a line to the run's log."""
        if self.log is not None:
            self.log.write(
                encode_line(time=clock.now(), level=level, head=line_head("pacc.runner"), message=message)
            )

    def standing(self) -> Standing | None:
        """Return where the run stands, `None` where it was deleted.

        Raises:
            StoreError: the store cannot be read.
        """
        return outcomes.standing(self.store, self.id, self.session)

    def end(self, message: str, kind: StateType = StateType.CRASHED, name: str = "Crashed") -> str | None:
        """End the run and whatever ran in it; return the name of the state it entered, `None` where it had ended already.

        Raises:
            StoreError: that could not be written for a minute.
        """
        ended = insist(lambda: self._ended(message, kind, name))
        run = next((each for each in ended if each.id == self.id), None)
        if run is None:
            return None
        self._tell_what_became_of(run.name, run.state_name, message)
        return run.state_name

    def _tell_what_became_of(self, name: str, state_name: str, message: str) -> None:
        level = logging.INFO if state_name == "Cancelled" else logging.ERROR
        self.say(f"{state_name}: {message}", level)
        if self.stream:
            from pacc.logging import console  # start-up: after most runs there is nothing to tell

            console.tell_of_run(name, f"{state_name}: {message}", level)

    def _ended(self, message: str, kind: StateType, name: str) -> list[Ended]:
        """Write nothing where there is nothing to end, as after nearly every run."""
        standing = self.standing()
        if standing is not None and standing.is_ours and standing.is_suspended:
            pausing.release(self.store, self.id, self.session)
            return []
        if standing is None or not standing.is_ours or (standing.is_over and not standing.has_open_task_runs):
            return []
        return outcomes.end_runs(self.store, self.session, message, flow_run_id=self.id, kind=kind, name=name)

    def tell_that_it_was_cancelled(self) -> None:
        """Say, as an event, that all processes of a cancelled run have ended; its state has it already."""
        from pacc.services import execution_events  # start-up: few runs are cancelled

        try:
            execution_events.cancelled(self.store, self.id)
        except StoreError as error:
            self.say(f"That it was cancelled could not be told as an event: {error}", logging.WARNING)

    def reschedule(self, message: str) -> None:
        """Let the run wait for whoever executes it next; one that belongs to no deployment has crashed instead.

        Raises:
            StoreError: that could not be written for a minute.
        """
        if insist(lambda: outcomes.reschedule(self.store, self.id, self.session, message)):
            self.say(f"AwaitingRetry: {message}", logging.WARNING)
        else:
            self.end(message)

    def note_usage(self, usage: Mapping[str, Any]) -> None:
        """Keep what the run's processes used.

        Raises:
            StoreError: it could not be written.
        """
        outcomes.note_usage(self.store, self.id, self.session, usage)


def insist(write: Callable[[], T], patience: float = PATIENCE) -> T:
    """Write, and try again for a while where that fails: a disk that is full now may not be in a moment.

    Raises:
        StoreError: what the last try raised.
    """
    until, pause = time.monotonic() + patience, 0.05
    while True:
        try:
            return write()
        except StoreError:
            if time.monotonic() >= until:
                raise
        time.sleep(pause)
        pause = min(2 * pause, 2.0)
