"""Rows that only this process tells are written in groups, a moment later, by a thread of their own.

A run changes state several times within milliseconds; one row per run and many rows per commit is what makes recording cheap. The
journal never drops a row: it slows whoever brings too many, keeps rows whose writing failed, and says so at the next occasion.
"""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from pacc.exceptions import StoreConflict, StoreError
from pacc.store.connection import Outcome, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pacc.store.connection import Writer
    from pacc.store.options import StoreOptions
    from pacc.store.queries import Queries

ORDER = ("flow_runs.record_batch", "task_runs.record_batch")
"""In which order the tables are written within one commit."""

BESIDE = "checkpoints.record_batch"
"""Writes what stands beside other rows."""

_ONE_ROW = re.compile(r"\((?:\s*\?\s*,)*\s*\?\s*\)")
_SIZES = (8, 64, 512)  # few different statements, so that each is prepared once
_UNFIT = (StoreConflict, sqlite3.ProgrammingError, sqlite3.InterfaceError, OverflowError)
_LONGEST_PAUSE = 1.0


class RowSource(Protocol):
    """Something whose row the journal may ask for later, from its own thread.

    It may have an attribute `journal_beside`: the row of a checkpoint, or `None`. That is committed together with its own one.
    """

    def journal_row(self) -> tuple[object, ...]:
        """Return the row as it is now, all columns in the schema's order; it must be whole at any moment."""
        ...


Key: TypeAlias = tuple[str, str]
"""A batch statement's name and the id of the row."""


class _Batch(NamedTuple):
    """Rows on their way, with what they came from so that they can go back."""

    sources: dict[Key, RowSource]
    rows: dict[str, list[tuple[object, ...]]]


class Journal:
    """The rows of one process that are on their way to the store.

    Args:
        writer: Commits them.
        queries: Knows the batch statements.
        options: How many rows, how much text, how long.
        started: Called once per process, when the first row comes.
    """

    def __init__(
        self, writer: Writer, queries: Queries, options: StoreOptions, started: Callable[[], None]
    ) -> None:
        self._queries = queries
        self._options = options
        self._started = started
        self.renew(writer)

    def renew(self, writer: Writer) -> None:
        """Start empty and without a thread, as in a forked child: what was pending is the parent's to write."""
        self._writer = writer
        self.refused = 0
        """How many rows the store would not take: a newer state or a terminal one was there already."""
        self._lock = threading.Lock()
        self._pending: dict[Key, RowSource] = {}
        self._taken: dict[Key, RowSource] = {}  # out of `_pending`, not yet known to be committed
        self._threshold = 1  # at how many pending rows `put` has more to do than to keep the row
        self._failure: StoreError | None = None
        self._closed = False
        self._thread: threading.Thread | None = None
        self._bell = threading.Lock()  # taken by the thread to wait, given back to wake it
        self._bell.acquire()

    def put(self, statement: str, key: str, source: RowSource) -> None:
        """Keep a row to be written by the named batch statement; a later one under the same key takes its place.

        Raises:
            StoreError: The last writing failed. The row is kept all the same.
        """
        with self._lock:
            pending = self._pending
            pending[statement, key] = source
            size = len(pending)
        if size >= self._threshold:
            self._attend(size)

    def flush(self) -> None:
        """Return once everything put before is committed.

        Raises:
            StoreError: It could not be written; what was not refused for good stays pending.
        """
        self._writer.require_free()
        left: int | None = None
        while left is None or left > 0:
            with self._writer.turn:
                if left is None:
                    left = len(self._pending) + len(self._taken)
                written = self._write_next()
            if not written:
                break
            left -= written
        self._raise_failure()

    def commit(self, steps: Sequence[Step], *, lasting: bool = True) -> list[Outcome]:
        """Commit statements, and the pending rows before them, in one transaction; return what the statements gave.

        Args:
            steps: The statements.
            lasting: Wait for the disk. Without, the rows stay pending, and a power cut may forget the statements.

        Raises:
            StoreError: None of the statements was committed; the rows stay pending.
        """
        writer = self._writer
        writer.require_free()
        with writer.turn:
            if not lasting:
                return writer.commit(steps, lasting=False)
            while len(self._pending) > self._options.journal_rows:
                self._write_next()
            batch = self._take()
            try:
                outcomes = writer.commit([*self._steps(batch), *steps])
            except _UNFIT:
                if not batch.sources:
                    raise
                self._write_next()  # it may have been a row of the journal that did not fit
                return writer.commit(steps)
            self._written(batch, outcomes)
            return outcomes[-len(steps) :]

    def begin(self, *, lasting: bool = True) -> sqlite3.Connection:
        """Commit the pending rows, then begin a transaction; `end` follows.

        Args:
            lasting: As for `commit`.

        Raises:
            StoreError: The write lock could not be had.
        """
        writer = self._writer
        writer.require_free()
        with writer.turn:
            while lasting and self._write_next():
                pass
            connection = writer.begin(lasting=lasting)
            writer.turn.acquire()  # once more, for `end`
            return connection

    def end(self, *, keep: bool) -> None:
        """Commit what was done since `begin`, or undo it.

        Raises:
            StoreError: Nothing was written.
        """
        try:
            self._writer.end(keep=keep)
        finally:
            self._writer.turn.release()

    def close(self) -> None:
        """Write everything and stop the thread; rows put later are written at once.

        Raises:
            StoreError: Something could not be written.
        """
        with self._lock:
            self._closed = True
            self._threshold = 0
        try:
            self.flush()
        finally:
            self._ring()
            if self._thread is not None:
                self._thread.join(1.0)

    # -- the producers' side: what is rare about `put`

    def _attend(self, size: int) -> None:
        if self._writer.is_mine():  # within a transaction: what is pending is committed after it
            return
        if self._closed:
            self.flush()
            return
        self._raise_failure()
        if self._thread is None:
            self._start()
        self._ring()
        if size >= self._options.journal_rows:
            self._set_threshold(self._options.journal_capacity)
        if size >= self._options.journal_capacity:
            self._wait_for_room()

    def _start(self) -> None:
        thread = threading.Thread(target=self._keep_writing, name="pacc-journal", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # while the interpreter shuts down; `close` is about to write what is pending
            return
        self._thread = thread
        self._started()

    def _ring(self) -> None:
        try:
            self._bell.release()
        except RuntimeError:  # it has rung already
            return

    def _wait_for_room(self) -> None:
        while len(self._pending) >= self._options.journal_capacity and self._failure is None:
            time.sleep(0.002)
        self._raise_failure()

    def _set_threshold(self, size: int) -> None:
        with self._lock:
            self._threshold = 0 if self._closed or self._failure is not None else size

    def _fail(self, failure: StoreError) -> None:
        with self._lock:
            self._failure = failure
            self._threshold = 0

    def _raise_failure(self) -> None:
        """Raise what the writing raised; what was refused for good is told once."""
        with self._lock:
            failure = self._failure
            if failure is None:
                return
            if isinstance(failure, StoreConflict):
                self._failure = None
                self._threshold = 0 if self._closed else 1
        raise type(failure)(*failure.args, hint=failure.hint) from failure

    # -- the writing side; all of it under the writer's turn

    def _write_next(self) -> int:
        """Commit the next batch and return how many rows it took from the journal."""
        batch = self._take()
        if not batch.sources:
            return 0
        steps = self._steps(batch)
        try:
            outcomes = self._writer.commit(steps) if steps else []
        except _UNFIT:
            self._write_singly(batch)
        else:
            self._written(batch, outcomes)
        return len(batch.sources)

    def _write_singly(self, batch: _Batch) -> None:
        """One row does not fit: commit the others, count it, and tell at the next occasion."""
        misfit: StoreError | None = None
        for name, rows in batch.rows.items():
            for row in rows:
                try:
                    outcome = self._writer.commit((batch_step(self._queries.text(name), [row]),))[0]
                    self.refused += 1 - outcome.written
                except _UNFIT as error:
                    self.refused += 1
                    misfit = _misfit(error)
        self._recover()
        if misfit is not None:
            self._fail(misfit)

    def _written(self, batch: _Batch, outcomes: Sequence[Outcome]) -> None:
        for rows, outcome in zip(_in_order(batch.rows), outcomes, strict=False):
            self.refused += len(batch.rows[rows]) - outcome.written
        if batch.sources:
            self._recover()

    def _recover(self) -> None:
        """Writing works: forget what was taken, and that it had failed."""
        with self._lock:
            self._taken = {}
            if self._failure is not None and not isinstance(self._failure, StoreConflict):
                self._failure = None
                self._threshold = 0 if self._closed else 1

    def _take(self) -> _Batch:
        """Take the next rows out; whatever was taken before and did not get as far as `_recover` comes first again."""
        with self._lock:
            pending = {**self._taken, **self._pending} if self._taken else self._pending
            if len(pending) <= self._options.journal_rows:
                self._taken, self._pending = pending, {}
            else:
                self._pending = pending
                self._taken = dict(islice(pending.items(), self._options.journal_rows))
                for key in self._taken:
                    del pending[key]
            taken = self._taken
        return self._built(taken)

    def _built(self, taken: dict[Key, RowSource]) -> _Batch:
        """Ask for the rows, outside of the lock; those that would make the commit too big go back."""
        batch = _Batch({}, {})
        size = 0
        for key, source in taken.items():
            if size > self._options.journal_bytes:
                break
            batch.sources[key] = source
            try:
                row = source.journal_row()
            except Exception as error:  # noqa: BLE001 - the border to those who bring rows; told at the next put
                self.refused += 1
                self._fail(_misfit(error))
                continue
            batch.rows.setdefault(key[0], []).append(row)
            size += sum([len(value) for value in row if value.__class__ is str])
            beside = getattr(source, "journal_beside", None)
            if beside is not None:
                batch.rows.setdefault(BESIDE, []).append(beside)
                size += len(beside[-1])
        if len(batch.sources) < len(taken):
            self._return({key: source for key, source in taken.items() if key not in batch.sources})
        return batch

    def _return(self, sources: dict[Key, RowSource]) -> None:
        with self._lock:
            self._pending = {**sources, **self._pending}
            self._taken = {key: source for key, source in self._taken.items() if key not in sources}

    def _steps(self, batch: _Batch) -> list[Step]:
        return [batch_step(self._queries.text(name), batch.rows[name]) for name in _in_order(batch.rows)]

    # -- the thread

    def _keep_writing(self) -> None:
        while not self._closed:
            self._bell.acquire()
            self._write_until_idle()

    def _write_until_idle(self) -> None:
        pause = 0.05
        while not self._closed and not self._idle():
            if len(self._pending) < self._options.journal_rows:
                self._gather()
            try:
                with self._writer.turn:
                    self._write_next()
                pause = 0.05
            except Exception as error:  # noqa: BLE001 - the thread must live; the error is raised at the next put
                self._fail(error if isinstance(error, StoreError) else _misfit(error))
                self._bell.acquire(timeout=pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _gather(self) -> None:
        self._set_threshold(self._options.journal_rows)
        self._bell.acquire(timeout=self._options.journal_gather_seconds)
        self._set_threshold(self._options.journal_capacity)

    def _idle(self) -> bool:
        with self._lock:
            if self._pending or self._taken:
                return False
            self._threshold = 0 if self._closed or self._failure is not None else 1
            return True


def _in_order(rows: dict[str, list[tuple[object, ...]]]) -> list[str]:
    return [name for name in ORDER if name in rows] + [name for name in rows if name not in ORDER]


_statements: dict[tuple[str, int], tuple[str, int]] = {}


def batch_step(statement: str, rows: Sequence[tuple[object, ...]]) -> Step:
    """Return a batch statement for so many rows: its row of question marks repeated, what is left over filled with rows without id."""
    size = next((size for size in _SIZES if size >= len(rows)), len(rows))
    repeated = _statements.get((statement, size))
    if repeated is None:
        one = _ONE_ROW.search(statement)
        if one is None:
            raise LookupError(f"no row of question marks in {statement!r}")
        text = statement.replace(one[0], ", ".join([one[0]] * size), 1)
        repeated = _statements[statement, size] = (text, one[0].count("?"))
    text, columns = repeated
    padding = (None,) * (columns * (size - len(rows)))
    return Step(text, [*chain.from_iterable(rows), *padding])


def _misfit(error: Exception) -> StoreError:
    if isinstance(error, StoreError):
        return error
    return StoreConflict(f"a row could not be stored ({type(error).__name__}: {error})")
