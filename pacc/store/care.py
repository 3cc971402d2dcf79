"""Care of the file as a whole: looking it over, copying it, putting a copy in its place.

All three open the file themselves and not through `open_store`, because they must also work on one that cannot be opened.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing, contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING

from pacc.exceptions import PaccException, StoreBusy, StoreError
from pacc.store import connection as sqlite
from pacc.store import errors, migrate
from pacc.store.connection import connect
from pacc.store.file import FILE_NAME
from pacc.store.options import DEFAULTS, StoreOptions
from pacc.store.presence import Presence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_SIDES = ("", "-wal", "-shm")
_HALF_TRANSITIONS = """
SELECT id FROM {table}
WHERE rowid > :after AND rowid <= :upto
    AND state_time <> json_extract(replace(history, rtrim(history, replace(history, char(10), '')), ''), '$.t')
LIMIT 10
"""
_LAST_ROW = "SELECT max(rowid) FROM {table}"
_RUNS = ("flow_run", "task_run")
_AT_ONCE = 20_000
_NEWEST = 10_000
_INSTRUCTIONS_OF_A_RUN = 70
"""What SQLite carries out to check a run and its indexes, about: how far it is, is reckoned by it."""


def examine(
    home: Path,
    options: StoreOptions = DEFAULTS,
    *,
    whole: bool = True,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[str]:
    """Look a store over and return what is wrong with it, a sentence each; nothing where it is sound.

    Args:
        home: The folder of the store.
        options: Patience and sizes.
        whole: Read every page, compare every index and read the history of every run, which takes a second for about 200 MB;
            otherwise whether it can be read, what rows point to, and the histories of the newest runs.
        on_progress: Called now and then with how much is done and how much there is, in runs.

    Raises:
        StoreError: The file cannot be read as a store of this pacc at all.
    """
    path = home / FILE_NAME
    with translated(path), closing(connect(path, options, query_only=True)) as connection:
        migrate.refuse_strangers(connection, path, options)
        if not whole:
            return [*_lost_references(connection), *_halves(connection, newest=_NEWEST)]
        far = _Far(sum(_last_row(connection, table) for table in _RUNS), on_progress)
        found = sqlite.problems(connection, thorough=True, on_step=far.carried_out)
        if found:
            return [f"SQLite says: {problem}" for problem in found]
        return [*_lost_references(connection), *_halves(connection, on_read=far.read)]


class _Far:
    """How far a look at a store is: every run is looked at twice, among its neighbours in the file and by itself."""

    def __init__(self, runs: int, on_progress: Callable[[int, int], None] | None) -> None:
        self._runs = runs
        self._on_progress = on_progress or (lambda *_: None)
        self._instructions = self._read = 0

    def carried_out(self, instructions: int) -> None:
        """SQLite has carried out so many instructions more."""
        self._instructions += instructions
        self._on_progress(min(self._instructions // _INSTRUCTIONS_OF_A_RUN, self._runs), 2 * self._runs)

    def read(self, runs: int) -> None:
        """So many histories more were read."""
        self._read += runs
        self._on_progress(self._runs + self._read, 2 * self._runs)


def _lost_references(connection: sqlite3.Connection) -> list[str]:
    rows = sqlite.lost_references(connection)
    return [f"row {row[1]} of {row[0]} points to a row of {row[2]} that is not there" for row in rows]


def _halves(
    connection: sqlite3.Connection, *, newest: int | None = None, on_read: Callable[[int], None] | None = None
) -> list[str]:
    """A run's present state is the last line of its history; where it is not, half a transition was written."""
    return [
        f"the present state of {table.replace('_', ' ')} {run_id} is not the last of its history"
        for table in _RUNS
        for run_id in islice(_half_of(connection, table, newest, on_read or (lambda _: None)), 10)
    ]


def _half_of(
    connection: sqlite3.Connection, table: str, newest: int | None, on_read: Callable[[int], None]
) -> Iterator[str]:
    statement, last = _HALF_TRANSITIONS.format(table=table), _last_row(connection, table)
    for after in range(0 if newest is None else max(0, last - newest), last, _AT_ONCE):
        upto = min(after + _AT_ONCE, last)
        yield from (
            row[0] for row in connection.execute(statement, {"after": after, "upto": upto}).fetchall()
        )
        on_read(upto - after)


def _last_row(connection: sqlite3.Connection, table: str) -> int:
    last: int | None = connection.execute(_LAST_ROW.format(table=table)).fetchone()[0]
    return last or 0


def backup(home: Path, target: Path, options: StoreOptions = DEFAULTS) -> None:
    """Copy the store as it is at this moment into one file, and look the copy over; everyone may go on writing.

    Args:
        home: The folder of the store.
        target: The file to make. One that is there is replaced, once the copy is whole.
        options: Patience and sizes.

    Raises:
        StoreError: It could not be copied; a file that was there before is as it was.
    """
    path = home / FILE_NAME
    with translated(path), closing(connect(path, options, query_only=True)) as connection:
        migrate.refuse_strangers(connection, path, options)
    with translated(target):
        migrate.copy_checked(path, target, options)


def restore(home: Path, source: Path, options: StoreOptions = DEFAULTS) -> Path | None:
    """Put a copy in the place of the store; what was there before is set aside.

    Args:
        home: The folder of the store.
        source: A file that `backup` or an upgrade made. It stays as it is.
        options: Patience and sizes.

    Returns:
        Where the former store lies now, `None` where there was none.

    Raises:
        StoreBusy: A process has the store open. StoreError: The copy is no sound store; nothing was changed.
    """
    path = home / FILE_NAME
    if not source.is_file():
        raise StoreError(f"there is no file {str(source)!r}", hint="Name a copy made by `pacc db backup`.")
    with translated(source), closing(connect(source, options, query_only=True)) as connection:
        migrate.refuse_strangers(connection, source, options)
    fresh = path.with_name(f"{path.name}-restored")
    with alone(path):
        try:
            with translated(source):
                migrate.copy_checked(source, fresh, options)
            with translated(path), migrate.at_the_gate(path, options):
                aside = _set_aside(path)
                os.replace(fresh, path)
            return aside
        finally:
            with suppress(FileNotFoundError):
                os.unlink(fresh)


def clear(home: Path, options: StoreOptions = DEFAULTS) -> Path | None:
    """Set the store aside; whoever opens it next begins with an empty one.

    Args:
        home: The folder of the store.
        options: Patience and sizes.

    Returns:
        Where the former store lies now, `None` where there was none.

    Raises:
        StoreBusy: A process has the store open.
    """
    path = home / FILE_NAME
    if not path.exists():
        return None
    with alone(path), translated(path), migrate.at_the_gate(path, options):
        return _set_aside(path)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep every other process out of a store for a block.

    Raises:
        StoreBusy: A process has it open.
    """
    presence = Presence(path)
    if not presence.alone():
        raise StoreBusy(
            f"the store {path} is in use by another process", hint="End what runs pacc here, then try again."
        )
    try:
        yield
    finally:
        presence.close()


def _set_aside(path: Path) -> Path | None:
    """Rename the file and its log, which belong together, and return the file's new name."""
    aside = path.with_name(f"{path.name}-replaced-{time.strftime('%Y%m%d-%H%M%S')}")
    for side in _SIDES:
        with suppress(FileNotFoundError):
            os.replace(f"{path}{side}", f"{aside}{side}")
    return aside if aside.exists() else None


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Say what SQLite or the system refuses in a block as pacc says it."""
    try:
        yield
    except PaccException:
        raise
    except sqlite3.Error as error:
        raise sqlite.translated(error, path) from error
    except UnicodeDecodeError as error:
        raise sqlite.translated(sqlite.undecodable(error), path) from error
    except OSError as error:
        raise errors.translate_os(error, path) from error
