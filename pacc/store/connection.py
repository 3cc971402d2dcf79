"""The one place that configures SQLite, begins and ends transactions, and folds the log back into the file.

Why so strict: most installed SQLite versions can lose a commit when a writer and a checkpoint meet, so checkpoints happen here
alone, by whoever holds the gate, under the write lock, in the one mode that is safe. And a connection carried across a fork loses
commits as well, so all of them are closed before a fork and opened again after it.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple, Self, TypeAlias

from pacc.store import errors
from pacc.store.checkpoint import CheckpointPlan
from pacc.store.gate import Gate, holder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pacc.store.options import StoreOptions

APPLICATION_ID = 0x70616363
"""`pacc` in ASCII, written into the file's header: how the store tells its own files from others."""

Parameters: TypeAlias = Mapping[str, object] | Sequence[object]

_SETTINGS = """
PRAGMA synchronous = {synchronous};
PRAGMA wal_autocheckpoint = 0;
PRAGMA foreign_keys = ON;
PRAGMA mmap_size = 0;
PRAGMA trusted_schema = OFF;
PRAGMA journal_size_limit = 4194304;
"""
_FULL_SYNC = "PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;"  # without it, macOS leaves data in the drive's cache


class Step(NamedTuple):
    """One statement of a transaction."""

    sql: str
    parameters: Parameters = ()


class Outcome(NamedTuple):
    """What one statement gave: the rows it returned, and how many it wrote."""

    rows: list[sqlite3.Row]
    written: int


def connect(path: Path, options: StoreOptions, *, query_only: bool = False) -> sqlite3.Connection:
    """Open an existing store's file with every setting in place.

    Raises:
        sqlite3.Error: The file is not there, not readable or no database.
    """
    connection = sqlite3.connect(
        f"file:{_quoted(path)}?mode=rw",
        uri=True,
        timeout=options.busy_seconds,
        isolation_level=None,
        check_same_thread=False,  # one thread at a time uses it; see Readers and Writer
        cached_statements=256,
    )
    connection.row_factory = sqlite3.Row
    try:
        connection.executescript(_SETTINGS.format(synchronous=options.synchronous))
        if sys.platform == "darwin":
            connection.executescript(_FULL_SYNC)
        if query_only:
            connection.execute("PRAGMA query_only = ON")
    except UnicodeDecodeError as error:
        connection.close()
        raise undecodable(error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def prepare_new(connection: sqlite3.Connection) -> None:
    """Set what can only be set while the file is still empty."""
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    use_log(connection)


def use_log(connection: sqlite3.Connection) -> None:
    """Switch the file to write-ahead logging if it is not; a copy brought back is not."""
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode = WAL").fetchall()


def identity(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return the file's application id and the version of its schema."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    return application, connection.execute("PRAGMA user_version").fetchone()[0]


def set_identity(connection: sqlite3.Connection, version: int) -> None:
    """Say, within the transaction, that the file is pacc's and has this version of the schema."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {version:d}")


def problems(connection: sqlite3.Connection, *, thorough: bool = False) -> list[str]:
    """Let SQLite check the file and return what it finds wrong; `thorough` compares the indexes too."""
    check = "integrity_check" if thorough else "quick_check"
    found = [row[0] for row in connection.execute(f"PRAGMA {check}(10)").fetchall()]
    return [] if found == ["ok"] else found


def lost_references(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """Return (table, rowid, referenced table, key) of rows that point to one that is not there."""
    return connection.execute("PRAGMA foreign_key_check").fetchmany(10)


def copy_into(connection: sqlite3.Connection, target: Path) -> None:
    """Copy the store into an empty file, as one snapshot, without the log."""
    connection.execute("VACUUM INTO ?", (str(target),))


def data_version(connection: sqlite3.Connection) -> int:
    """Return a number that changes whenever another connection has committed."""
    version: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return version


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the write lock for the statements inside; all of them are committed, or none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise


def run(connection: sqlite3.Connection, step: Step) -> Outcome:
    """Run one statement and fetch it to its end; before that, SQLite neither commits nor lets go of its lock."""
    try:
        cursor = connection.execute(step.sql, step.parameters)
    except UnicodeEncodeError:
        cursor = connection.execute(step.sql, _encodable(step.parameters))
    except UnicodeDecodeError as error:
        raise undecodable(error) from error
    return Outcome(cursor.fetchall(), cursor.rowcount)


def undecodable(error: UnicodeDecodeError) -> sqlite3.DatabaseError:
    """Say as SQLite would what Python stumbles over first: damaged names in a message about a damaged schema."""
    damage = sqlite3.DatabaseError(f"malformed text in the schema: {error.reason}")
    damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return damage


class Readers:
    """Connections that only read, each lent to one thread at a time.

    Args:
        path: The store's file.
        options: Patience and the like.
    """

    def __init__(self, path: Path, options: StoreOptions) -> None:
        self._path = path
        self._options = options
        self._taking = threading.Lock()
        self._idle: deque[sqlite3.Connection] = deque()
        self._lent: set[int] = set()

    def adopt(self, connection: sqlite3.Connection) -> None:
        """Take over a connection that has done its work; from now on it only reads."""
        connection.execute("PRAGMA query_only = ON")
        self._idle.append(connection)

    def take(self) -> sqlite3.Connection:
        """Lend a connection; whoever took it gives it back in a moment."""
        with self._taking:
            connection = self._idle.pop() if self._idle else self._open()
            self._lent.add(id(connection))
            return connection

    def give(self, connection: sqlite3.Connection) -> None:
        """Take a connection back."""
        self._idle.append(connection)
        self._lent.discard(id(connection))

    def suspend(self, patience: float) -> bool:
        """Lend no more, wait for those out, close all; `False` if one did not come back in time."""
        if not self._taking.acquire(timeout=patience):
            return False
        deadline = time.monotonic() + patience
        while self._lent and time.monotonic() < deadline:
            time.sleep(0.001)
        if self._lent:
            self._taking.release()
            return False
        self._close_idle()
        return True

    def resume(self) -> None:
        """Lend again."""
        self._taking.release()

    def close(self) -> None:
        """Close the connections that are not lent; others may be opened afterwards."""
        with self._taking:
            self._close_idle()

    def _open(self) -> sqlite3.Connection:
        return connect(self._path, self._options, query_only=True)

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()


class Watch:
    """A connection of its own that only notices that others committed.

    Args:
        path: The store's file.
        options: Patience and the like.
    """

    def __init__(self, path: Path, options: StoreOptions) -> None:
        self._path = path
        self._options = options
        self._turn = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._opened = 0

    def version(self) -> int:
        """Return a number that is another one after every commit.

        Raises:
            StoreError: The store cannot be read.
        """
        with self._turn:
            try:
                if self._connection is None:
                    self._connection = connect(self._path, self._options, query_only=True)
                    self._opened += 1
                return (self._opened << 32) + data_version(self._connection)
            except sqlite3.Error as error:
                raise translated(error, self._path) from error

    def suspend(self) -> None:
        """Close the connection for a fork and keep everyone waiting."""
        self._turn.acquire()
        self._close()

    def resume(self) -> None:
        """Let everyone go on."""
        self._turn.release()

    def close(self) -> None:
        """Close the connection; a later question opens another."""
        with self._turn:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Writer:
    """The one connection of a process that writes, and the turn to use it.

    `with writer:` is the turn among the threads of this process: the arguments of a write are made ready under it. The gate, the
    turn among processes, is held only while SQLite works.

    Args:
        path: The store's file.
        options: Patience and the like.
        readers: Where a checkpoint borrows its second connection.
    """

    def __init__(self, path: Path, options: StoreOptions, readers: Readers) -> None:
        self._path = path
        self._options = options
        self._readers = readers
        self.gate = Gate(gate_path(path), options.queue_seconds)
        self._plan = CheckpointPlan(options.checkpoint_commits, options.checkpoint_bytes)
        self._turn = threading.Lock()
        self._owner = 0
        self._connection: sqlite3.Connection | None = None
        self._log = f"{path}-wal"

    def __enter__(self) -> Self:
        me = threading.get_ident()
        if self._owner == me:
            raise RuntimeError("a write to the store inside another write would wait for itself")
        if not self._turn.acquire(timeout=self._options.busy_seconds + self._options.queue_seconds):
            raise translated(_no_turn(), self._path)
        self._owner = me
        return self

    def __exit__(self, *_: object) -> None:
        self._owner = 0
        self._turn.release()

    def commit(self, steps: Sequence[Step]) -> list[Outcome]:
        """Run the statements as one transaction and return what each gave, after it is on disk.

        A single statement is its own transaction: SQLite needs nothing from Python while it holds the lock.

        Raises:
            StoreError: Nothing was written.
        """
        deadline = time.monotonic() + self._options.busy_seconds
        while True:
            try:
                return self._commit(steps)
            except sqlite3.Error as error:
                if not errors.is_passing(error) or time.monotonic() >= deadline:
                    raise translated(error, self._path) from error
            _pause()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the write lock for the block, which runs its statements on the connection.

        Raises:
            StoreError: Nothing of the block was written.
        """
        try:
            with self._at_the_gate() as connection, transaction(connection):
                yield connection
        except sqlite3.Error as error:
            raise translated(error, self._path) from error

    def suspend(self, patience: float) -> bool:
        """Take the turn and close the connection, for a fork; `False` if that is impossible."""
        if self._owner == threading.get_ident() or not self._turn.acquire(timeout=patience):
            return False
        self.close()
        return True

    def resume(self) -> None:
        """Give the turn taken by `suspend` back."""
        self._turn.release()

    def close(self) -> None:
        """Close the connection; the next write opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the gate for something other than a write; go on without if it does not come."""
        self._enter()
        try:
            yield
        finally:
            self.gate.leave()

    def _commit(self, steps: Sequence[Step]) -> list[Outcome]:
        with self._at_the_gate() as connection:
            if len(steps) == 1:
                return [run(connection, steps[0])]
            with transaction(connection):
                return [run(connection, step) for step in steps]

    @contextmanager
    def _at_the_gate(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        if connection is None:
            connection = self._connection = connect(self._path, self._options)
        came = self._enter()
        try:
            yield connection
            if came and self._plan.due(_size(self._log)):
                self._checkpoint(connection)
        finally:
            self.gate.leave()

    def _enter(self) -> bool:
        try:
            return self.gate.enter()
        except OSError as error:
            raise errors.translate_os(error, self._path) from error

    def _checkpoint(self, connection: sqlite3.Connection) -> None:
        """Fold the log back while nobody can write: the write lock on one connection, the work on another."""
        reader = self._readers.take()
        complete = False
        try:
            connection.execute("BEGIN IMMEDIATE")
            _, pages, folded = reader.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            complete = pages == folded
        except sqlite3.Error:
            # The commits are safe in the log; what ails the file, the next write or `pacc doctor` will say.
            complete = False
        finally:
            _roll_back(connection)
            self._readers.give(reader)
            self._plan.tried(_size(self._log), complete=complete)


def gate_path(path: Path) -> Path:
    """Return where the gate of a store's file stands."""
    return path.with_name(f"{path.name}-gate")


def read(readers: Readers, path: Path, step: Step) -> list[sqlite3.Row]:
    """Run one statement that only reads, on a connection lent for it.

    Raises:
        StoreError: The store cannot be read.
    """
    try:
        connection = readers.take()
        try:
            return run(connection, step).rows
        finally:
            readers.give(connection)
    except sqlite3.Error as error:
        raise translated(error, path) from error


def translated(error: sqlite3.Error, path: Path) -> Exception:
    """Turn what SQLite raised into what pacc raises, naming who holds the store where that is the trouble."""
    if isinstance(error, (sqlite3.ProgrammingError, sqlite3.InterfaceError)):
        return error  # a mistake in pacc, no trouble with the store
    return errors.translate(error, path, holder(path, gate_path(path)) if errors.is_passing(error) else None)


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        with suppress(sqlite3.Error):  # the error that led here is the one to tell
            connection.execute("ROLLBACK")


def _encodable(parameters: Parameters) -> Parameters:
    """Spell out what UTF-8 cannot hold, such as the halves of file names that were no text."""
    if isinstance(parameters, Mapping):
        return {name: _spelled(value) for name, value in parameters.items()}
    return [_spelled(value) for value in parameters]


def _spelled(value: object) -> object:
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _no_turn() -> sqlite3.Error:
    error = sqlite3.OperationalError("another thread of this process is writing")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


def _pause() -> None:
    time.sleep(0.01 + 0.1 * os.urandom(1)[0] / 255)  # random, so that those who met do not meet again


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _quoted(path: Path) -> str:
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
