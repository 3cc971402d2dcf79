"""The one place that configures SQLite, begins and ends transactions, and folds the log back into the file.

Why so strict: most installed SQLite versions can lose a commit when a writer and a checkpoint meet, so checkpoints happen here
alone, by whoever holds the gate, under the write lock, in the one mode that is safe. And a connection carried across a fork loses
commits as well, so all of them are closed before a fork and opened again after it.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

from pacc.store import errors
from pacc.store.checkpoint import CheckpointPlan
from pacc.store.file import address
from pacc.store.gate import Gate, holder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

    from pacc.store.options import StoreOptions

APPLICATION_ID = 0x70616363
"""`pacc` in ASCII, written into the file's header: how the store tells its own files from others."""

T = TypeVar("T")

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

_STEP = 100_000
"""Instructions of SQLite's after which a long check says how far it is."""


class Step(NamedTuple):
    """One statement of a transaction."""

    sql: str
    parameters: Parameters = ()


class Outcome(NamedTuple):
    """What one statement gave: the rows it returned, and how many it wrote."""

    rows: list[sqlite3.Row]
    written: int


PAGES = Step(
    "SELECT (SELECT page_count FROM pragma_page_count), (SELECT page_size FROM pragma_page_size), "
    "(SELECT freelist_count FROM pragma_freelist_count)"
)
"""Reads how many pages the file has, how big they are, and how many of them nothing uses."""

GIVE_BACK = Step("PRAGMA incremental_vacuum(512)")
"""Gives some unused pages at the end of the file back to the system, few enough that nobody waits for long."""


def connect(path: Path, options: StoreOptions, *, query_only: bool = False) -> sqlite3.Connection:
    """Open an existing store's file with every setting in place.

    Raises:
        sqlite3.Error: The file is not there, not readable or no database.
    """
    connection = sqlite3.connect(
        address(path, "rw"),
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


def problems(
    connection: sqlite3.Connection, *, thorough: bool = False, on_step: Callable[[int], None] | None = None
) -> list[str]:
    """Let SQLite check the file and return what it finds wrong.

    Args:
        connection: the file.
        thorough: compare the indexes too.
        on_step: called now and then with how many instructions SQLite has carried out since; what it raises ends the check.
    """
    check = "integrity_check" if thorough else "quick_check"
    with _stepping(connection, on_step):
        found = [row[0] for row in connection.execute(f"PRAGMA {check}(10)").fetchall()]
    return [] if found == ["ok"] else found


@contextmanager
def _stepping(connection: sqlite3.Connection, on_step: Callable[[int], None] | None) -> Iterator[None]:
    """Call a function while SQLite works, so that Ctrl-C is heard too; SQLite itself loses what a function raises."""
    if on_step is None:
        yield
        return
    raised: list[BaseException] = []

    def step() -> int:
        try:
            on_step(_STEP)
        except BaseException as error:  # noqa: BLE001 - it is raised below
            raised.append(error)
        return len(raised)

    connection.set_progress_handler(step, _STEP)
    try:
        yield
    except sqlite3.OperationalError:
        if raised:
            raise raised[0] from None
        raise
    finally:
        connection.set_progress_handler(None, 0)


def lost_references(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """Return (table, rowid, referenced table, key) of rows that point to one that is not there."""
    return connection.execute("PRAGMA foreign_key_check").fetchmany(10)


def in_memory() -> sqlite3.Connection:
    """Open an empty database that is gone when it is closed."""
    return sqlite3.connect(":memory:")


def columns(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """Return the names of a table's columns, the generated ones too."""
    return tuple(
        row[0] for row in connection.execute("SELECT name FROM pragma_table_xinfo(?)", (table,)).fetchall()
    )


def let_references_hang(connection: sqlite3.Connection) -> None:
    """Let a table go, outside of a transaction, without the rows of others that name its rows."""
    connection.execute("PRAGMA foreign_keys = OFF")


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
    try:
        connection.execute("BEGIN IMMEDIATE")  # inside, for a signal may arrive as it returns
        yield
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise


def run(connection: sqlite3.Connection, step: Step) -> Outcome:
    """Run one statement and fetch it to its end; before that, SQLite neither commits nor lets go of its lock."""
    cursor = _begun(connection, step)
    try:
        return Outcome(cursor.fetchall(), cursor.rowcount)
    finally:
        cursor.close()  # a timeout may strike here, and its traceback would keep the cursor and thus the lock


def _begun(connection: sqlite3.Connection, step: Step) -> sqlite3.Cursor:
    try:
        return connection.execute(step.sql, step.parameters)
    except UnicodeEncodeError:
        return connection.execute(step.sql, _encodable(step.parameters))
    except UnicodeDecodeError as error:
        raise undecodable(error) from error


def undecodable(error: UnicodeDecodeError) -> sqlite3.DatabaseError:
    """Say as SQLite would what Python stumbles over first: damaged names in a message about a damaged schema."""
    damage = sqlite3.DatabaseError(f"malformed text in the schema: {error.reason}")
    damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return damage


class Reader:
    """A connection that only reads, for one thread at a time; it is opened when it is first used, and again after it was closed."""

    def __init__(
        self, path: Path, options: StoreOptions, connection: sqlite3.Connection | None = None
    ) -> None:
        self._path = path
        self._options = options
        self._connection = connection
        self.lock = threading.Lock()
        self.opened = 0
        """How often it was opened: numbers SQLite gives for one connection mean nothing for the next."""

    def connected(self) -> sqlite3.Connection:
        """Return the connection; the caller holds the lock."""
        if self._connection is None:
            self._connection = connect(self._path, self._options, query_only=True)
            self.opened += 1
        return self._connection

    def close(self) -> None:
        """Close the connection; the caller holds the lock."""
        if self._connection is not None:
            self._connection.close()
            self._connection, self._lasting = None, True


class Readers:
    """As many reading connections as threads read at once.

    Args:
        path: The store's file.
        options: Patience and the like.
    """

    def __init__(self, path: Path, options: StoreOptions) -> None:
        self._path = path
        self._options = options
        self._making = threading.Lock()
        self._all: list[Reader] = []
        self._idle: deque[Reader] = deque()
        self._spare: sqlite3.Connection | None = None
        self._watch = self._made()

    def adopt(self, connection: sqlite3.Connection) -> None:
        """Take over a connection that has done its work, for the first who reads or writes: opening one means reading the schema."""
        self._spare = connection

    def spare(self) -> sqlite3.Connection | None:
        """Give away the connection that was adopted, if nobody has it yet."""
        with self._making:
            spare, self._spare = self._spare, None
            return spare

    def take(self) -> Reader:
        """Lend a reader; whoever took it gives it back."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._made()

    def give(self, reader: Reader) -> None:
        """Take a reader back."""
        self._idle.append(reader)

    def read(self, step: Step) -> list[sqlite3.Row]:
        """Run one statement that only reads.

        Raises:
            StoreError: The store cannot be read.
        """
        reader = self.take()
        try:
            with reader.lock:
                return run(reader.connected(), step).rows
        except sqlite3.Error as error:
            raise translated(error, self._path) from error
        finally:
            self._idle.append(reader)

    def column(self, step: Step, take: Callable[[Iterator[Any]], T]) -> T:
        """Run one statement of one column that only reads, and have its values taken one by one: very many are never held at once.

        Args:
            step: The statement.
            take: Gets the values; no other transaction is kept waiting, but the log of the database grows meanwhile.

        Raises:
            StoreError: The store cannot be read.
        """
        reader = self.take()
        try:
            with reader.lock, closing(_begun(reader.connected(), step)) as cursor:
                cursor.row_factory = None
                return take(chain.from_iterable(cursor))
        except sqlite3.Error as error:
            raise translated(error, self._path) from error
        finally:
            self._idle.append(reader)

    def version(self) -> int:
        """Return a number that is another one after every commit.

        Raises:
            StoreError: The store cannot be read.
        """
        try:
            with self._watch.lock:
                version = data_version(self._watch.connected())
                return (self._watch.opened << 32) + version
        except sqlite3.Error as error:
            raise translated(error, self._path) from error

    def suspend(self, patience: float) -> bool:
        """Wait for those who read, let nobody begin, close all; `False` if somebody did not come to an end in time."""
        deadline = time.monotonic() + patience
        locks = [self._making, *(reader.lock for reader in self._all)]
        for number, lock in enumerate(locks):
            if not lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
                for held in locks[:number]:
                    held.release()
                return False
        self._close_spare()
        for reader in self._all:
            reader.close()
        return True

    def resume(self) -> None:
        """Let everyone read again."""
        for reader in self._all:
            reader.lock.release()
        self._making.release()

    def close(self) -> None:
        """Close the connections; they are opened again when somebody reads."""
        with self._making:
            self._close_spare()
        for reader in list(self._all):
            with reader.lock:
                reader.close()

    def _made(self) -> Reader:
        with self._making:
            spare, self._spare = self._spare, None
            if spare is not None:
                spare.execute("PRAGMA query_only = ON")
            reader = Reader(self._path, self._options, spare)
            self._all.append(reader)
            return reader

    def _close_spare(self) -> None:
        spare, self._spare = self._spare, None
        if spare is not None:
            spare.close()


class Writer:
    """The one connection of a process that writes, and the turn to use it.

    `with writer.turn:` is the turn among the threads of this process: the arguments of a write are made ready under it. The gate,
    the turn among processes, is held only while SQLite works.

    An alarm or Ctrl-C may raise between any two steps of Python, even on the way into a method, and what it raises may be kept for
    long. So locks are given back by C alone: `with` on the lock itself, or a plain call in a `finally`.

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
        self.turn = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._log = f"{path}-wal"
        self._unfolded: sqlite3.Error | None = None
        self._warned = False
        self._lasting: bool | None = True  # how the connection commits; `None` while that changes
        self.refuses = False
        """Whether nothing is written any more."""

    def is_mine(self) -> bool:
        """Tell whether this thread has the turn."""
        return self.turn._is_owned()  # type: ignore[attr-defined,no-any-return]  # noqa: SLF001 - as threading.Condition asks

    def require_free(self) -> None:
        """Refuse a write inside another write of this thread, which would become part of it."""
        if self.is_mine():
            raise RuntimeError("a write to the store cannot begin inside another one")

    def commit(self, steps: Sequence[Step], *, lasting: bool = True) -> list[Outcome]:
        """Run the statements as one transaction and return what each gave, after it is on disk.

        A single statement is its own transaction: SQLite needs nothing from Python while it holds the lock.

        Args:
            steps: The statements.
            lasting: Wait for the disk; without, it survives every kill, and a power cut may forget it.

        Raises:
            StoreError: Nothing was written.
        """
        deadline = time.monotonic() + self._options.busy_seconds
        while True:
            try:
                outcomes = self._commit(steps, lasting=lasting)
                if self._unfolded is not None:
                    self._warn_once()
                return outcomes
            except sqlite3.Error as error:
                if not errors.is_passing(error) or time.monotonic() >= deadline:
                    raise translated(error, self._path) from error
            _pause()

    def look(self, step: Step) -> list[sqlite3.Row]:
        """Run one statement that only reads.

        Raises:
            StoreError: The store cannot be read.
        """
        with self.turn:
            try:
                return run(self._connected(), step).rows
            except sqlite3.Error as error:
                raise translated(error, self._path) from error

    def begin(self, *, lasting: bool = True) -> sqlite3.Connection:
        """Begin a transaction for more statements than one; `end` follows.

        Args:
            lasting: As for `commit`.

        Raises:
            StoreError: The write lock could not be had.
        """
        try:
            connection = self._ready(lasting=lasting)
            self._enter()
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self._abandon()
            raise translated(error, self._path) from error
        except BaseException:
            self._abandon()
            raise
        return connection

    def end(self, *, keep: bool) -> None:
        """Commit what was done since `begin`, or undo it.

        Raises:
            StoreError: Nothing was written.
        """
        try:
            if keep:
                self._connected().execute("COMMIT")
        except sqlite3.Error as error:
            raise translated(error, self._path) from error
        finally:
            self._abandon()

    def suspend(self, patience: float) -> bool:
        """Take the turn and close the connection, for a fork; `False` if that is impossible."""
        if self.is_mine() or not self.turn.acquire(timeout=patience):
            return False
        self.close()
        return True

    def resume(self) -> None:
        """Give the turn taken by `suspend` back."""
        self.turn.release()

    def relax(self) -> None:
        """Wait for the disk no longer when something is committed."""
        with self.turn:
            self._options = self._options._replace(synchronous="NORMAL")
            self.close()

    def close(self) -> None:
        """Close the connection; the next write opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the gate for something other than a write; go on without if it does not come."""
        try:
            self._enter()
            yield
        finally:
            self.gate.leave()

    def _commit(self, steps: Sequence[Step], *, lasting: bool) -> list[Outcome]:
        connection = self._ready(lasting=lasting)
        gate, log_size = self.gate, _size(self._log)
        try:
            came = self._enter()
            outcomes = _ran(connection, steps)
            if came and self._plan.due(log_size):
                self._checkpoint(connection)
            return outcomes
        finally:
            if gate.fd >= 0:
                fcntl.flock(gate.fd, fcntl.LOCK_UN)

    def _connected(self) -> sqlite3.Connection:
        if self.refuses:
            raise errors.only_looks(self._path)
        if self._connection is None:
            self._connection = self._readers.spare() or connect(self._path, self._options)
            self._connection.execute(f"PRAGMA synchronous = {self._options.synchronous}")
        return self._connection

    def _ready(self, *, lasting: bool) -> sqlite3.Connection:
        connection = self._connected()
        if self._lasting is not lasting and self._options.synchronous == "FULL":
            self._lasting = None  # an alarm may strike before it is known again
            connection.execute(f"PRAGMA synchronous = {'FULL' if lasting else 'NORMAL'}")
            self._lasting = lasting
        return connection

    def _enter(self) -> bool:
        try:
            return self.gate.enter()
        except OSError as error:
            raise errors.translate_os(error, self._path) from error

    def _abandon(self) -> None:
        try:
            if self._connection is not None:
                _roll_back(self._connection)
        finally:
            self.gate.leave()

    def _checkpoint(self, connection: sqlite3.Connection) -> None:
        """Fold the log back while nobody can write: the write lock on one connection, the work on another."""
        reader = self._readers.take()
        complete = False
        try:
            connection.execute("BEGIN IMMEDIATE")
            with reader.lock:
                _, pages, folded = reader.connected().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            complete = pages == folded
            self._warned = False
        except sqlite3.Error as error:
            self._unfolded = error  # no reason to fail a commit that is safe in the log
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            self._readers.give(reader)
            self._plan.tried(_size(self._log), complete=complete)

    def _warn_once(self) -> None:
        """Say that the log could not be folded back, until it could again; outside of the gate, since handlers are users' code."""
        error, self._unfolded = self._unfolded, None
        if error is not None and not self._warned:
            import logging  # start-up

            self._warned = True
            logging.getLogger("pacc.store").warning(
                "The log of %s grows, it could not be folded back: %s", self._path, error
            )


def _ran(connection: sqlite3.Connection, steps: Sequence[Step]) -> list[Outcome]:
    if len(steps) == 1:
        return [run(connection, steps[0])]
    try:
        connection.execute("BEGIN IMMEDIATE")
        outcomes = [run(connection, step) for step in steps]
        connection.execute("COMMIT")
        return outcomes
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def gate_path(path: Path) -> Path:
    """Return where the gate of a store's file stands."""
    return path.with_name(f"{path.name}-gate")


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
