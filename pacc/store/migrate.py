"""Makes the file ready: creates it, recognises it, checks it after a power cut, brings it to this version's schema.

An upgrade happens wholly or not at all: the write lock is held from the copy to the last step, all steps and the version are one
transaction, and a copy from before, found whole, lies beside the file. A file from a newer pacc is refused.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING

from pacc.exceptions import (
    PaccException,
    StoreDamaged,
    StoreForeign,
    StoreFull,
    StoreMigrationFailed,
    StoreNewer,
)
from pacc.store import connection as sqlite
from pacc.store import errors
from pacc.store.connection import APPLICATION_ID, connect, gate_path, identity
from pacc.store.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pacc.store.options import StoreOptions
    from pacc.store.presence import Presence


@cache
def latest_version(folder: Path) -> int:
    """Return the version the steps in `folder/migrations` lead to; they are looked up once, as no process installs another pacc in itself."""
    return max(steps(folder), default=0)


def prepare(path: Path, options: StoreOptions, presence: Presence) -> sqlite3.Connection:
    """Create the file or upgrade it where needed, and return a connection to it, now that it is pacc's and of this version.

    Raises:
        StoreError: It cannot be; the sentence says why. What was in the file is still in it.
    """
    try:
        if not _size(path):
            _create(path, options)
        suspicious = presence.enter()
        try:
            if suspicious:
                _check(path, options)
                presence.checked()
            return _recognised(path, options)
        finally:
            presence.settle()
    except UnicodeDecodeError as error:
        raise sqlite.translated(sqlite.undecodable(error), path) from error
    except sqlite3.Error as error:
        raise sqlite.translated(error, path) from error
    except OSError as error:
        raise errors.translate_os(error, path) from error


def _recognised(path: Path, options: StoreOptions) -> sqlite3.Connection:
    connection = connect(path, options)
    try:
        if identity(connection) == (0, 0) and not _objects(connection):
            _create(path, options)
        version = refuse_strangers(connection, path, options)
        sqlite.use_log(connection)
        if version < latest_version(options.folder):
            _migrate(path, options)
    except BaseException:
        connection.close()
        raise
    return connection


def refuse_strangers(connection: sqlite3.Connection, path: Path, options: StoreOptions) -> int:
    """Refuse a database that is not pacc's, or is a newer pacc's; return the version of its schema.

    Raises:
        StoreForeign: It is somebody else's. StoreNewer: A newer pacc wrote it.
    """
    version, newest = refuse_foreign(connection, path), latest_version(options.folder)
    if version > newest:
        raise StoreNewer(
            f"the store {path} was written by a newer pacc (its schema is {version}, this pacc knows {newest})",
            hint="Upgrade pacc, or set PACC_HOME to another folder.",
        )
    return version


def refuse_foreign(connection: sqlite3.Connection, path: Path) -> int:
    """Refuse a database that is not pacc's, whichever version it has; return the version.

    Raises:
        StoreForeign: It is somebody else's.
    """
    application, version = identity(connection)
    if application != APPLICATION_ID:
        raise StoreForeign(
            f"{path} is a database, but not one of pacc's",
            hint="Set PACC_HOME to another folder, or move that file away.",
        )
    return version


def _check(path: Path, options: StoreOptions) -> None:
    with closing(connect(path, options, query_only=True)) as connection:
        found = sqlite.problems(connection)
    if found:
        raise StoreDamaged(
            f"the machine went down while the store {path} was open, and it is damaged: {found[0]}",
            hint="Run `pacc doctor`, or bring back a copy with `pacc db restore`.",
        )


# -- creating


def _create(path: Path, options: StoreOptions) -> None:
    with at_the_gate(path, options):
        if _size(path) == 0 and _size(path.with_name(f"{path.name}-wal")):
            raise StoreDamaged(
                f"the store {path} is empty although its log is not: something has cut it off",
                hint="Bring back a copy with `pacc db restore`, or move both files away to begin anew.",
            )
        _make_file(path)
        with closing(connect(path, options)) as connection:
            if identity(connection) != (0, 0) or _objects(connection):
                return  # somebody else was faster
            sqlite.prepare_new(connection)
            with sqlite.transaction(connection):
                for statement in statements((options.folder / "schema.sql").read_text("utf-8")):
                    connection.execute(statement)
                sqlite.set_identity(connection, latest_version(options.folder))


def _make_file(path: Path) -> None:
    # SQLite would make it readable for everyone. It must not be opened here once it is there: closing it would drop
    # the locks of this process's connections.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))


# -- upgrading


def _migrate(path: Path, options: StoreOptions) -> None:
    with at_the_gate(path, options), closing(connect(path, options)) as connection:
        try:
            with sqlite.transaction(connection):
                _upgrade(connection, path, options)
        except PaccException:
            raise
        except (sqlite3.Error, OSError) as error:
            raise _failed(path, options, error) from error


def _upgrade(connection: sqlite3.Connection, path: Path, options: StoreOptions) -> None:
    _, version = identity(connection)
    todo = {number: step for number, step in steps(options.folder).items() if number > version}
    if not todo:
        return  # somebody else was faster
    try:
        copy_checked(path, path.with_name(f"{path.name}-before-{max(todo):04d}"), options)
    except StoreDamaged as error:
        raise StoreMigrationFailed(f"the store {path} was not upgraded: {error}", hint=error.hint) from error
    for number in sorted(todo):
        for statement in statements(todo[number].read_text("utf-8")):
            connection.execute(statement)
    sqlite.set_identity(connection, max(todo))


def copy_checked(path: Path, target: Path, options: StoreOptions) -> None:
    """Copy the store as it is under the write lock, look the copy over, and only then give it its name.

    Raises:
        StoreDamaged: The copy is not whole.
    """
    partial = target.with_name(f"{target.name}.partial")
    with suppress(FileNotFoundError):
        os.unlink(partial)
    _make_file(partial)
    with closing(connect(path, options)) as connection:
        sqlite.copy_into(connection, partial)
        expected = identity(connection)
    with closing(connect(partial, options, query_only=True)) as copy:
        found = sqlite.problems(copy, thorough=True)
        if found or identity(copy) != expected:
            raise StoreDamaged(
                f"the copy of the store {path} is not whole ({(found or ['?'])[0]})",
                hint="Run `pacc doctor`.",
            )
    _sync(partial)
    os.replace(partial, target)
    _sync(target.parent)


def _failed(path: Path, options: StoreOptions, error: Exception) -> PaccException:
    cause = errors.translate(error, path) if isinstance(error, sqlite3.Error) else None
    if isinstance(cause, StoreFull):
        return cause
    return StoreMigrationFailed(
        f"the store {path} could not be upgraded to schema {latest_version(options.folder)}; it is as it was ({error})",
        hint="Use the pacc it was written with, and report this.",
    )


# -- what both need


def statements(script: str) -> Iterator[str]:
    """Cut a script into its statements; Python's own way to run a script would commit before it.

    Example:
        >>> list(statements("CREATE TABLE a (b); CREATE TABLE c (d);"))
        ['CREATE TABLE a (b);', 'CREATE TABLE c (d);']
    """
    statement = ""
    for piece in script.split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            if statement.strip(" \n;"):
                yield statement.strip()
            statement = ""


@contextmanager
def at_the_gate(path: Path, options: StoreOptions) -> Iterator[None]:
    """Hold the gate of a store for a block in which no other process of pacc may write."""
    gate = Gate(gate_path(path), options.busy_seconds)
    try:
        gate.enter()  # if it never comes, SQLite's own lock still keeps two from doing the same
        yield
    finally:
        gate.leave()
        gate.close()


def steps(folder: Path) -> dict[int, Path]:
    """Return the files of the steps in `folder/migrations` by the version each leads to."""
    names = [name for name in os.listdir(folder / "migrations") if name.endswith(".sql")]
    return {int(name.partition("_")[0]): folder / "migrations" / name for name in names}


def _objects(connection: sqlite3.Connection) -> int:
    count: int = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    return count


def _size(path: Path) -> int | None:
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return None


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
