"""What task runs and flow runs have in common while a process executes them: the accounting of one transition after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal import clock, ids, processes
from pacc._internal.jsontext import quoted
from pacc._internal.redaction import redact
from pacc.orchestration import transitions
from pacc.schemas.states import TERMINAL_STATES, State, StateType
from pacc.services.state_rows import details_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pacc.store import Store

_RUNNING = StateType.RUNNING
_MOVES = transitions.MOVES
_RESTORED = (
    "id", "created", "version", "attempt", "run_count", "history", "expected_start_time",
    "next_scheduled_start_time", "start_time", "end_time", "total_run_time",
)  # fmt: skip


class LiveRun:
    """What task runs and flow runs have in common while they are executed."""

    __slots__ = (
        "attempt",
        "created",
        "current",
        "details",
        "end_time",
        "expected_start_time",
        "history",
        "id",
        "made_in",
        "name",
        "next_scheduled_start_time",
        "paused",
        "run_count",
        "running_since",
        "start_time",
        "state",
        "store",
        "tags",
        "total_run_time",
        "version",
    )

    def __init__(self, store: Store, name: str, tags: Iterable[str]) -> None:
        self.store = store
        self.made_in = processes.this
        self.id = ids.new_id()
        self.name = name
        self.tags = sorted(tags) if tags else []
        self.attempt = 1
        self.version = 0
        self.run_count = 0
        self.state: State[Any] | None = None
        self.created = 0
        self.expected_start_time: int | None = None
        self.next_scheduled_start_time: int | None = None
        self.start_time: int | None = None
        self.end_time: int | None = None
        self.running_since: int | None = None
        self.paused = False
        """Whether it is paused: going on from there is no new start."""
        self.total_run_time = 0
        self.history = ""
        self.details: str | None = None
        """The details of the present state, as the store keeps them."""
        self.current: tuple[Any, ...] = ()

    def is_elsewhere(self) -> bool:
        """Say whether the run belongs to the process this one was forked from; it is not for this one to tell its story."""
        return self.made_in is not processes.this

    @classmethod
    def restored(cls, store: Store, columns: Mapping[str, Any]) -> LiveRun:
        """Return a run as its row has it, for the accounting of one more transition."""
        run = LiveRun(store, columns["name"], ())
        run._restore(columns)
        return run

    def advance(self, state: State[Any]) -> State[Any]:
        """Move the run to a state, record it, and return the state, now the run's own.

        Raises:
            IllegalTransition: the table does not allow it; nothing has changed.
            StaleTransition: someone else moved the run meanwhile.
        """
        old, before = self.state, self.current
        try:
            self._check(state)
            line = self.account(state)
            self._record(state, line)
            self.state = state
        except BaseException:
            try:
                self._settle(state, old, before)
            except BaseException:  # a signal, in the midst of this as well
                self._settle(state, old, before)
                raise
            raise
        return state

    def _settle(self, state: State[Any], old: State[Any] | None, before: tuple[Any, ...]) -> None:
        """After an error or a signal in the midst of a transition: it has happened here as it has in the store, or not at all."""
        if self.current is not before and self._is_kept():
            self.state = state
            return
        self.state, self.current = old, before
        self.version = self.run_count = self.total_run_time = 0
        self.history = ""
        self.next_scheduled_start_time = self.start_time = self.end_time = self.running_since = None
        self.paused = False
        if before:
            self._restore(self._columns())

    def _restore(self, columns: Mapping[str, Any]) -> None:
        for name in _RESTORED:
            setattr(self, name, columns[name])
        self.running_since = columns["state_time"] if columns["state_type"] == _RUNNING else None
        self.paused = columns["state_type"] == StateType.PAUSED

    def _check(self, state: State[Any]) -> None:
        old = self.state
        if old is None:
            transitions.check(None, state.type, new_name=state.name)
        elif state.type not in _MOVES[old.type] or old.type is state.type:
            transitions.check(old.type, state.type, old_name=old.name, new_name=state.name)

    def account(self, state: State[Any]) -> str:
        """Count the start, the time and the version of a transition, and return its line of history."""
        moment, kind = state.time, state.type
        if self.running_since is not None:
            self.total_run_time += max(0, moment - self.running_since)
            self.running_since = None
        if kind is _RUNNING:
            self.run_count += not self.paused
            self.running_since = moment
            self.start_time = self.start_time or moment
            self.next_scheduled_start_time = None
        elif kind in TERMINAL_STATES:
            self.end_time = moment
        elif kind is StateType.SCHEDULED:
            due = state.state_details.scheduled_time
            self.next_scheduled_start_time = clock.from_datetime(due) if due else None
        self.paused = kind is StateType.PAUSED
        if self.version == 0:
            self.created = moment
            self.expected_start_time = self.next_scheduled_start_time or moment
        self.version += 1
        if state.message is not None:
            state.message = redact(
                state.message
            )  # an error of user code may say what it could not log in with
        return self._line(state)

    def _line(self, state: State[Any]) -> str:
        line = f'{{"t":{state.time},"type":"{state.type}","name":{quoted(state.name)},"n":{self.run_count}'
        if state.message is not None:
            line += f',"message":{quoted(state.message)}'
        if self.attempt > 1:
            line += f',"a":{self.attempt}'
        self.details = details = details_text(state)
        line += f',"details":{details}}}' if details else "}"
        self.history = f"{self.history}\n{line}" if self.history else line
        return line

    def _record(self, state: State[Any], line: str) -> None:
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _is_kept(self) -> bool:
        """Say whether `current` has reached the store or the journal although `_record` did not return."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _columns(self) -> dict[str, Any]:
        """The run's row by the names of its columns."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _state_columns(self, state: State[Any]) -> tuple[Any, ...]:
        """The columns from `state_type` to `run_count`, in the schema's order."""
        return (
            state.type,
            state.name,
            state.message,
            state.time,
            self.details,
            state.reference,
            self.version,
            self.attempt,
            self.run_count,
        )

    def _time_columns(self) -> tuple[Any, ...]:
        """The columns from `expected_start_time` to `total_run_time`."""
        return (
            self.expected_start_time,
            self.next_scheduled_start_time,
            self.start_time,
            self.end_time,
            self.total_run_time,
        )
