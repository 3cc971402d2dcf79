"""The one border where SQLite's and the system's errors become pacc's: one sentence that says what is wrong and where, one what to do."""

from __future__ import annotations

import errno
import sqlite3
from typing import TYPE_CHECKING

from pacc.exceptions import (
    StoreBusy,
    StoreConflict,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreReadOnly,
)

if TYPE_CHECKING:
    from pathlib import Path

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_INTERRUPT}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_DAMAGED_READS = {sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ}
_READ_ONLY = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN}
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_FOLDER = {errno.EEXIST, errno.ENOTDIR}
_REPAIR = "Run `pacc doctor`, or bring back a copy with `pacc db restore`."


def is_passing(error: sqlite3.Error) -> bool:
    """Tell whether the same work may well succeed a moment later: somebody else is writing."""
    return _primary(error) in _BUSY


def translate(error: sqlite3.Error, path: Path, holder: str | None = None) -> StoreError:
    """Turn an error of SQLite into the one of pacc's that says what to do.

    Args:
        error: What SQLite raised.
        path: The store's file.
        holder: Who holds the store, where that is known.
    """
    code, primary = _code(error), _primary(error)
    if primary in _BUSY:
        return _busy(path, holder)
    if primary == sqlite3.SQLITE_FULL:
        return full(path)
    if primary in _DAMAGED or code in _DAMAGED_READS or "decode to UTF-8" in str(error):
        return StoreDamaged(f"the store {path} is damaged, or it is no database ({error})", hint=_REPAIR)
    if primary == sqlite3.SQLITE_IOERR:
        return _failed_write(error, path)
    if primary in _READ_ONLY:
        return read_only(path, str(error))
    if primary == sqlite3.SQLITE_CONSTRAINT:
        return StoreConflict(f"the store {path} refused a row: {error}")
    return StoreError(f"the store {path} could not be used: {error}", hint=_REPAIR)


def translate_os(error: OSError, path: Path) -> StoreError:
    """Turn an error of the operating system into one of pacc's."""
    if error.errno in _NO_ROOM:
        return full(path)
    if error.errno in _NO_RIGHT:
        return read_only(path, str(error.strerror))
    if error.errno in _NO_FOLDER:
        return StoreError(
            f"{path} is to be a folder, but a file stands there or on the way to it ({error.strerror})",
            hint="Check the path in PACC_HOME, or move that file away.",
        )
    return StoreError(
        f"{path} could not be used: {error.strerror or error}",
        hint="Check the path in PACC_HOME.",
    )


def full(path: Path) -> StoreFull:
    """Say that there is no room."""
    return StoreFull(
        f"the disk that holds the store {path} is full; nothing committed is lost",
        hint="Make room, then try again.",
    )


def read_only(path: Path, reason: str) -> StoreReadOnly:
    """Say that the store cannot be written, or not even opened, and what the system said."""
    return StoreReadOnly(
        f"the store {path} cannot be opened for writing ({reason})",
        hint="Check who owns the folder and its files, or set PACC_HOME to a folder of your own.",
    )


def only_looks(path: Path) -> StoreReadOnly:
    """Say that this process was told to change nothing."""
    return StoreReadOnly(
        f"this process only looks at the store {path} and changes nothing",
        hint="Use a command, or a dashboard without `--read-only`.",
    )


def _busy(path: Path, holder: str | None) -> StoreBusy:
    return StoreBusy(
        f"the store {path} is held by {holder or 'another process'} and was not let go in time",
        hint="Resume or end that process; nothing was written.",
    )


def _failed_write(error: sqlite3.Error, path: Path) -> StoreFull:
    return StoreFull(
        f"the disk refused to write the store {path} ({error}): it is full, a size limit is reached, or it fails",
        hint="Make room or check the disk, then try again; nothing committed is lost.",
    )


def _code(error: sqlite3.Error) -> int:
    code: int = getattr(error, "sqlite_errorcode", 0) or 0
    return code


def _primary(error: sqlite3.Error) -> int:
    return _code(error) & 0xFF
