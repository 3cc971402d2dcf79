"""The queue of background tasks: put in by anyone, taken out by one task worker each, given back when that one is gone.

A run in the queue is a task run in a scheduled state that no session answers for, with an entry beside it that holds its arguments.
Who takes it out is decided by one conditional statement. How often a run may have been started is counted by the claim itself, so
that a worker killed at any moment cannot start one more often than its retries say.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from pacc._internal import clock, sessions
from pacc._internal.jsontext import dumps
from pacc.exceptions import StoreError
from pacc.services.live_runs import LiveTaskRun
from pacc.store import states
from pacc.store.columns import parsed
from pacc.store.task_runs import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pacc.schemas.states import State
    from pacc.store import Store

_AT_ONCE = 500
"""How many runs are written by one commit, at most."""


class Entry(NamedTuple):
    """One run's place in the queue, all columns in the schema's order; times are microseconds since the epoch."""

    task_run_id: str
    task_key: str
    due: int | None
    """When it may be executed; `None` while a worker has it, and when it is over."""
    started: int
    """How often it was started, or may have been."""
    retries: int
    """How often it may be started once more."""
    awaits: str | None
    """The ids of runs that must be over first, as JSON."""
    digest: str
    """What its pickled arguments are known by."""
    parameters: bytes | None
    """These arguments, if they are small."""
    storage: str | None
    """Where they are kept if they are not."""


class QueuedTaskRun(LiveTaskRun):
    """A task run on its way into the queue; its row is written together with its entry."""

    __slots__ = ()

    def _record(self, state: State[Any], line: str) -> None:  # noqa: ARG002 - the whole row carries it
        self._hold(state)

    def _is_kept(self) -> bool:
        return False


class ClaimedTaskRun(LiveTaskRun):
    """A task run taken out of the queue, by the worker that has it.

    Each start but the first is committed before the code runs; the claim has counted that one.
    """

    __slots__ = ("_first",)

    def __init__(self, store: Store, **columns: Any) -> None:
        super().__init__(store, **columns)
        self._first = 1
        """Which start the claim has counted."""

    @classmethod
    def taken(
        cls, store: Store, columns: Mapping[str, Any], entry: Entry, *, task_name: str
    ) -> ClaimedTaskRun:
        """Return the run as its row has it.

        Args:
            store: where it is kept.
            columns: its row, by the names of the columns.
            entry: its entry in the queue.
            task_name: the name of its task.
        """
        run = cls(
            store,
            name=columns["name"],
            task_name=task_name,
            task_key=columns["task_key"],
            dynamic_key=columns["dynamic_key"],
            flow_run_id=columns["flow_run_id"],
            flow_run_run_count=columns["flow_run_run_count"],
            tags=parsed(columns["tags"], []),
            inputs=columns["task_inputs"],
            task_version=columns["task_version"],
            policy=columns["empirical_policy"],
            session=columns["session"],
        )
        run._restore(columns)
        run.run_count = max(run.run_count, entry.started - 1)
        run._first = run.run_count + 1
        run.state = states.present(columns, flow_run_id=run.flow_run_id, task_run_id=run.id)
        run._hold(run.state)
        return run

    @property
    def was_started(self) -> bool:
        """Whether its code may have been executed before."""
        return self.run_count > 0

    def _record(self, state: State[Any], line: str) -> None:
        if state.is_scheduled():
            self.session = None  # nobody's again: the store puts it back into the queue
        super()._record(state, line)
        if state.is_running() and self.run_count > self._first:
            self.store.journal.flush()


class Claim(NamedTuple):
    """A run that this process is to execute."""

    columns: dict[str, Any]
    """Its row, by the names of the columns."""
    entry: Entry


# ------------------------------------------------------------------------------------------------- into the queue


class _Slip:
    """Rows that one thread wants to have committed."""

    __slots__ = ("done", "entries", "error", "runs")

    def __init__(self, runs: Sequence[tuple[object, ...]], entries: Sequence[Entry]) -> None:
        self.runs = runs
        self.entries = entries
        self.done = False
        self.error: StoreError | None = None


class _Intake:
    """Commits what several threads bring at the same time together: whoever has the turn writes for all who wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._slips: list[_Slip] = []

    def commit(self, store: Store, slip: _Slip) -> None:
        """Return once the rows are committed.

        Raises:
            StoreError: they are not.
        """
        with self._lock:
            self._slips.append(slip)
        with self._turn:
            if not slip.done:
                self._write_all(store, slip)
        if slip.error is not None:
            raise type(slip.error)(*slip.error.args, hint=slip.error.hint) from slip.error

    def _write_all(self, store: Store, mine: _Slip) -> None:
        with self._lock:
            slips, self._slips = self._slips, []
        error: StoreError | None = None
        try:
            _write(store, [row for slip in slips for row in slip.runs], [e for s in slips for e in s.entries])
        except StoreError as problem:
            error = problem
        except BaseException:
            with self._lock:  # an interruption of this thread is none of the others' business
                self._slips = [slip for slip in slips if slip is not mine] + self._slips
            raise
        for slip in slips:
            slip.error, slip.done = error, True


def _write(store: Store, runs: Sequence[tuple[object, ...]], entries: Sequence[Entry]) -> None:
    batches: list[tuple[str, Sequence[tuple[object, ...]]]] = [("task_runs.record_batch", runs)]
    if entries:
        batches.append(("background_tasks.insert_batch", entries))
    store.write_rows(*batches)


_intakes: dict[str, _Intake] = {}


def enqueue(store: Store, queued: Sequence[tuple[QueuedTaskRun, Entry | None]]) -> None:
    """Put runs into the queue; when this returns they are there for good. One without an entry is recorded only.

    Args:
        store: where the queue is.
        queued: the runs, in a state already, with their entries.

    Raises:
        StoreError: they are not in it; of more than five hundred the first ones may be.
    """
    intake = _intakes.setdefault(str(store.path), _Intake())
    for start in range(0, len(queued), _AT_ONCE):
        some = queued[start : start + _AT_ONCE]
        rows = [run.journal_row() for run, _ in some]
        intake.commit(store, _Slip(rows, [entry for _, entry in some if entry is not None]))


# ------------------------------------------------------------------------------------------------- out of the queue


def claim(store: Store, task_keys: Iterable[str], limit: int) -> Iterator[Claim]:
    """Take runs of some tasks out of the queue and yield them, task by task, those that are due longest first.

    They are this process's to execute, each from the moment it is yielded.

    Args:
        store: where the queue is.
        task_keys: which tasks.
        limit: so many runs at most.

    Raises:
        StoreError: no more can be taken.
    """
    now = clock.now()
    found = store.read("background_tasks.due", {"task_keys": dumps(list(task_keys))})
    waiting = sorted((row["due"], row["task_key"]) for row in found if row["due"] is not None)
    for due, task_key in waiting:
        if due > now or limit <= 0:
            return
        claims = _claimed(store, task_key, now, limit)
        limit -= len(claims)
        yield from claims


def _claimed(store: Store, task_key: str, now: int, limit: int) -> list[Claim]:
    session = sessions.current(store.home).id
    rows = store.write(
        "background_tasks.claim", {"task_key": task_key, "now": now, "session": session, "limit": limit}
    )
    if not rows:
        return []
    ids = dumps([row["id"] for row in rows])
    entries = {
        row["task_run_id"]: Entry(*row) for row in store.read("background_tasks.read_some", {"ids": ids})
    }
    claims = [Claim(dict(zip(COLUMNS, row, strict=False)), entries[row["id"]]) for row in rows]
    return sorted(claims, key=lambda claim: str(claim.columns["id"]))


def next_due(store: Store, task_keys: Iterable[str]) -> int | None:
    """Return when the next run of these tasks is due that is not due yet, `None` where there is none."""
    keys = dumps(list(task_keys))
    rows = store.read("background_tasks.next_due", {"task_keys": keys, "now": clock.now()})
    due: int | None = rows[0]["due"]
    return due


def _start_over() -> None:
    """In a forked child nobody has the turn, and what the parent's threads bring is theirs to write."""
    _intakes.clear()


os.register_at_fork(after_in_child=_start_over)
