"""The store of one home: the door through which everything above asks for named statements and nothing else."""

from __future__ import annotations

import atexit
import os
import sqlite3
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pacc.exceptions import StoreError
from pacc.store import errors
from pacc.store.connection import GIVE_BACK, PAGES, Readers, Step, Writer, run, translated
from pacc.store.file import FILE_NAME
from pacc.store.journal import Journal, batch_step
from pacc.store.local_disk import require_local
from pacc.store.migrate import latest_version, prepare
from pacc.store.options import DEFAULTS, StoreOptions, chosen
from pacc.store.presence import Presence
from pacc.store.queries import Queries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any, Self

    from pacc.store.connection import Parameters
    from pacc.store.scribe import Dictation

T = TypeVar("T")

_NOTHING: Mapping[str, object] = {}
_FORK_PATIENCE = 5.0

_stores: dict[str, Store] = {}
_opening = threading.RLock()
_queries = Queries()
_ends_with_process = False


def open_store(
    home: Path, options: StoreOptions | None = None, *, dictation: Dictation | None = None
) -> Store:
    """Return the store of a home, opened once per process; the home and the file are made where they are missing.

    Args:
        home: The folder of the store; made with mode 0700.
        options: Patience and sizes, as the settings say unless given; they count for the first opening in a process.
        dictation: Who writes for this process, which opens the file only when it wants something else of it; it counts for the
            first opening, too.

    Raises:
        StoreError: The file cannot be used; the sentence says why and what to do.

    Example:
        >>> store = open_store(Path("~/.pacc").expanduser())  # doctest: +SKIP
    """
    store = _stores.get(str(home))
    if store is not None:
        return store
    with _opening:
        real = os.path.realpath(home)
        store = _stores.get(real)
        if store is None:
            store = Store(Path(real), options or chosen(), dictation)
            if not _stores:
                atexit.register(_close_all)
            _stores[real] = store
        _stores[str(home)] = store
    return store


def be_ready() -> None:
    """Read the statements now that every run needs, and what the store is measured by, for children that will be forked.

    Example:
        >>> be_ready()
    """
    latest_version(DEFAULTS.folder)
    _queries.load("flow_runs", "outcomes", "task_runs", "checkpoints")


def end_with_process() -> None:
    """Let the system close the connections of this process as it ends: what is pending is written then, and no more is done.

    Example:
        >>> end_with_process()  # doctest: +SKIP
    """
    global _ends_with_process
    _ends_with_process = True


def close_store(home: Path) -> None:
    """Write what is pending and let go of a home's store for good, so that its folder may go; one not open is left alone.

    Args:
        home: The folder of the store.

    Raises:
        StoreError: Something pending could not be written; the store is let go of all the same.

    Example:
        >>> close_store(Path("a home that is not open"))
    """
    with _opening:
        store = _stores.get(os.path.realpath(home))
        for key in [key for key, each in _stores.items() if each is store]:
            del _stores[key]
    if store is not None:
        try:
            store.close()
        finally:
            store.leave()


class Transaction:
    """Several statements that are committed together; see `Store.transaction`."""

    def __init__(self, journal: Journal, path: Path, *, lasting: bool = True) -> None:
        self._journal = journal
        self._path = path
        self._lasting = lasting
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        self._connection = self._journal.begin(lasting=self._lasting)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._connection = None
        self._journal.end(keep=kind is None)

    def run(self, statement: str, params: Mapping[str, object] = _NOTHING) -> list[sqlite3.Row]:
        """Run a named statement and return its rows.

        Raises:
            StoreError: It was not run, and leaving the block by this error undoes what was.
        """
        return self.run_sql(_queries.text(statement), params)

    def run_sql(self, sql: str, params: Parameters = ()) -> list[sqlite3.Row]:
        """Run a compiled statement; for `store/filters.py` alone."""
        if self._connection is None or not self._connection.in_transaction:
            raise StoreError("the transaction is over, or the store has undone it")
        try:
            return run(self._connection, Step(sql, params)).rows
        except sqlite3.Error as error:
            raise translated(error, self._path) from error


class Store:
    """One home's database, shared by all threads of a process and safe across forks.

    Args:
        home: The folder; every link in it resolved.
        options: Patience and sizes.
        dictation: Who writes for this process as long as it has not opened the file, which it does at once where there is nobody.
    """

    def __init__(
        self, home: Path, options: StoreOptions = DEFAULTS, dictation: Dictation | None = None
    ) -> None:
        self.home = home
        self.path = home / FILE_NAME
        self._options = options
        self._presence = Presence(self.path)
        self._dictation = dictation
        self._is_open = False
        self._connect()
        if dictation is None:
            self._open()

    def _open(self) -> None:
        """Open the file, from when on this process writes everything itself."""
        with _opening:
            if not self._is_open:
                _make_home(self.home)
                self._readers.adopt(prepare(self.path, self._options, self._presence))
                self._is_open = True

    def _connect(self) -> None:
        self._unsafe = False
        self._readers = Readers(self.path, self._options)
        self._writer = Writer(self.path, self._options, self._readers)
        self.journal = Journal(self._writer, _queries, self._options, self._begin_journal)
        self._suspended = False

    def _begin_journal(self) -> None:
        self._require_usable()
        _flush_at_multiprocessing_exit()

    def read(self, statement: str, params: Mapping[str, object] = _NOTHING) -> list[sqlite3.Row]:
        """Run a named statement that only reads, and return all its rows.

        Raises:
            StoreError: The store cannot be read.
        """
        return self.read_sql(_queries.text(statement), params)

    def look(self, statement: str, params: Mapping[str, object] = _NOTHING) -> list[sqlite3.Row]:
        """Run a named statement that only reads on the connection that writes: for a process that will write at once.

        Opening a connection means reading the schema, which costs more than most statements do.

        Raises:
            StoreError: The store cannot be read.

        Example:
            >>> store.look("flow_runs.claimed", claimed)  # doctest: +SKIP
        """
        self._require_usable()
        return self._writer.look(Step(_queries.text(statement), params))

    def read_sql(self, sql: str, params: Sequence[object] | Mapping[str, object] = ()) -> list[sqlite3.Row]:
        """Run a compiled SELECT; for `store/filters.py` alone.

        Raises:
            StoreError: The store cannot be read.
        """
        self._require_usable()
        return self._readers.read(Step(sql, params))

    def column_sql(self, sql: str, params: Sequence[object], take: Callable[[Iterator[Any]], T]) -> T:
        """Run a compiled SELECT of one column, and return what is made of its values, which are taken one by one.

        Args:
            sql: The statement, as `store/filters.py` makes it.
            params: Its values.
            take: Makes something of very many values without holding them.

        Raises:
            StoreError: The store cannot be read.
        """
        self._require_usable()
        return self._readers.column(Step(sql, params), take)

    def write(
        self, statement: str, params: Mapping[str, object] = _NOTHING, *, lasting: bool = True
    ) -> list[sqlite3.Row]:
        """Commit one named statement, with the journal's pending rows before it, and return what it returns.

        Args:
            statement: Its name.
            params: Its values.
            lasting: Wait for the disk. What a power cut makes meaningless anyway need not: it goes without the journal's rows,
                survives every kill, and lasts for sure from the next write on that waits.

        Raises:
            StoreError: It was not written.
        """
        self._require_usable()
        return self.journal.commit((Step(_queries.text(statement), params),), lasting=lasting)[0].rows

    def dictate(self, statement: str, params: Mapping[str, object]) -> int | None:
        """Have a named statement written by whoever does that for this process, unless this process has opened the file by now.

        Args:
            statement: Its name; one that says what it expects to find, see `pacc.store.scribe`.
            params: Its values.

        Returns:
            How many rows it returned; `None` where this process is to write it, and must not wonder if somebody else has.

        Example:
            >>> store.dictate("flow_runs.advance", run)  # doctest: +SKIP
            1
        """
        if self._is_open or self._dictation is None:
            return None
        return self._dictation.write(statement, params)

    def write_all(self, *steps: tuple[str, Mapping[str, object]]) -> list[list[sqlite3.Row]]:
        """Commit several named statements together, with the journal's rows before them; return the rows of each.

        Raises:
            StoreError: None of them was written.

        Example:
            >>> store.write_all(("flows.upsert", flow), ("flow_runs.insert", run))  # doctest: +SKIP
        """
        self._require_usable()
        outcomes = self.journal.commit([Step(_queries.text(name), params) for name, params in steps])
        return [outcome.rows for outcome in outcomes]

    def write_rows(self, *batches: tuple[str, Sequence[tuple[object, ...]]]) -> None:
        """Commit rows by named batch statements, all together, with the journal's rows before them.

        Raises:
            StoreError: None of them was written.

        Example:
            >>> store.write_rows(("task_runs.record_batch", [run.journal_row()]))  # doctest: +SKIP
        """
        self._require_usable()
        self.journal.commit([batch_step(_queries.text(name), rows) for name, rows in batches])

    def transaction(self, *, lasting: bool = True) -> Transaction:
        """Commit several statements together where a later one depends on what an earlier one gave; else `write_all` serves.

        Keep the block short, everyone else waits for it, and away from code that an alarm may interrupt.

        Args:
            lasting: As for `write`.

        Raises:
            StoreError: Nothing of the block was written.

        Example:
            >>> with store.transaction() as tx:  # doctest: +SKIP
            ...     tx.run("flow_runs.insert", run)
        """
        self._require_usable()
        return Transaction(self.journal, self.path, lasting=lasting)

    def data_version(self) -> int:
        """Return a number that changes whenever anyone has committed: compare it to know whether to look again.

        Raises:
            StoreError: The store cannot be read.
        """
        self._require_usable()
        return self._readers.version()

    def pages(self) -> tuple[int, int, int]:
        """Return how many pages the file has, how big they are, and how many of them nothing uses.

        Raises:
            StoreError: The store cannot be read.
        """
        self._require_usable()
        pages, size, unused = self._readers.read(PAGES)[0]
        return pages, size, unused

    def give_back(self) -> None:
        """Give some unused pages back to the system, in a step so short that others may go on writing.

        Raises:
            StoreError: The store cannot be written.
        """
        self._require_usable()
        self.journal.commit((GIVE_BACK,))

    def relax(self) -> None:
        """Wait for the disk no longer when something is committed: it survives every kill, and a power cut may forget it.

        For a process whose rows anyone finds out again after a power cut. A child it forks waits again.

        Example:
            >>> open_store(home).relax()  # doctest: +SKIP
        """
        self._writer.relax()

    def only_look(self) -> None:
        """Refuse every write of this process from now on, for a face that shows and never changes.

        Example:
            >>> open_store(home).only_look()  # doctest: +SKIP
        """
        self._writer.refuses = True

    def close(self) -> None:
        """Write what is pending and close the connections; a later use opens them again.

        Raises:
            StoreError: Something pending could not be written.
        """
        try:
            self.journal.close()
        finally:
            with self._writer.turn, self._writer.alone():
                self._readers.close()
                self._writer.close()

    def leave(self) -> None:
        """Close the files beside the database too; for a store that nobody will use again."""
        self._writer.gate.close()
        self._presence.close()

    # -- forks: SQLite keeps its locks per process and cannot tell a child from its parent

    def suspend(self) -> None:
        """Before a fork: finish what is going on and close every connection, so that the child inherits none."""
        self._suspended = False
        if not self._writer.suspend(_FORK_PATIENCE):
            return
        if not self._readers.suspend(_FORK_PATIENCE):
            self._writer.resume()
            return
        self._suspended = True

    def resume(self) -> None:
        """After a fork, in the parent: go on."""
        if self._suspended:
            self._readers.resume()
            self._writer.resume()
            self._suspended = False

    def renew(self) -> None:
        """After a fork, in the child: begin with connections, locks and a journal of its own."""
        inherited, safe = (self._readers, self._writer, self.journal), self._suspended
        self._dictation = None
        if self._is_open:
            self._presence.close()
            self._presence.enter()
            self._presence.settle()
        self._writer.gate.close()
        journal = self.journal
        self._connect()
        journal.renew(self._writer)
        self.journal = journal
        if not safe:
            self._unsafe = True
            _keep_for_ever(inherited)

    def _require_usable(self) -> None:
        if not self._is_open:
            self._open()
        if self._unsafe:
            raise StoreError(
                f"this process was forked in the middle of a use of the store {self.path} and cannot use it safely",
                hint="Start the process outside of store transactions, or with the spawn method.",
            )


def _make_home(home: Path) -> None:
    try:
        if not os.path.isdir(home):
            os.makedirs(home, mode=0o700, exist_ok=True)
            _sync(home.parent)  # or a power cut could take the whole home, acknowledged runs and all
        elif not os.listdir(home) and os.stat(home).st_uid == os.geteuid():
            os.chmod(home, 0o700)  # somebody has just made it for this, and nothing else is in it
        require_local(home)
    except OSError as error:
        raise errors.translate_os(error, home) from error


def _sync(folder: Path) -> None:
    try:
        fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except PermissionError:  # a folder one may pass through but not list
        return
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _each() -> list[Store]:
    return list({id(store): store for store in _stores.values()}.values())


def _close_all() -> None:
    for store in _each():
        try:
            if _ends_with_process:
                store.journal.close()
            else:
                store.close()
        except StoreError as error:
            import logging  # start-up

            logging.getLogger("pacc.store").error("%s; rows of the last moments are lost", error)  # noqa: TRY400 - a sentence, no traceback


def _flush_at_multiprocessing_exit() -> None:
    """Children of `multiprocessing` leave without the interpreter's own exit handlers."""
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util.Finalize(None, _close_all, exitpriority=0)


def _before_fork() -> None:
    _opening.acquire(timeout=_FORK_PATIENCE)
    for store in _each():
        store.suspend()


def _after_fork_in_parent() -> None:
    for store in _each():
        store.resume()
    with suppress(RuntimeError):  # it was not acquired in time
        _opening.release()


def _after_fork_in_child() -> None:
    global _opening
    _opening = threading.RLock()
    for store in _each():
        store.renew()


def _keep_for_ever(inherited: object) -> None:
    """Never let go of connections that are the parent's: closing them could take the log away from under it."""
    import ctypes  # start-up; only after a fork in the middle of a write

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(inherited))


os.register_at_fork(
    before=_before_fork,
    after_in_parent=_after_fork_in_parent,
    after_in_child=_after_fork_in_child,
)
