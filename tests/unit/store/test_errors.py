"""SQLite's and the system's errors leave the store as one clear sentence each."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from pacc.exceptions import (
    StoreBusy,
    StoreConflict,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreReadOnly,
)
from pacc.store.errors import is_passing, translate, translate_os

PATH = Path("/home/me/.pacc/pacc.db")


def error(code, text="something"):
    made = sqlite3.OperationalError(text)
    made.sqlite_errorcode = code
    return made


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_BUSY, StoreBusy),
        (sqlite3.SQLITE_BUSY_RECOVERY, StoreBusy),
        (sqlite3.SQLITE_LOCKED, StoreBusy),
        (sqlite3.SQLITE_PROTOCOL, StoreBusy),
        (sqlite3.SQLITE_FULL, StoreFull),
        (sqlite3.SQLITE_IOERR_WRITE, StoreFull),
        (sqlite3.SQLITE_IOERR_SHORT_READ, StoreDamaged),
        (sqlite3.SQLITE_CORRUPT, StoreDamaged),
        (sqlite3.SQLITE_NOTADB, StoreDamaged),
        (sqlite3.SQLITE_READONLY, StoreReadOnly),
        (sqlite3.SQLITE_CANTOPEN, StoreReadOnly),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, StoreConflict),
        (sqlite3.SQLITE_ERROR, StoreError),
    ],
)
def test_each_code_has_its_class_and_names_the_file(code, expected):
    translated = translate(error(code), PATH)
    assert type(translated) is expected
    assert str(PATH) in str(translated)
    assert "\n" not in str(translated)


def test_who_holds_the_store_is_named():
    assert "process 5 (sleep)" in str(translate(error(sqlite3.SQLITE_BUSY), PATH, "process 5 (sleep)"))


def test_text_that_cannot_be_decoded_means_damage():
    assert (
        type(translate(sqlite3.OperationalError("Could not decode to UTF-8 column 'x'"), PATH))
        is StoreDamaged
    )


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, StoreFull),
        (errno.EDQUOT, StoreFull),
        (errno.EACCES, StoreReadOnly),
        (errno.EROFS, StoreReadOnly),
        (errno.ENOTDIR, StoreError),
    ],
)
def test_the_systems_errors_too(number, expected):
    assert type(translate_os(OSError(number, "no"), PATH)) is expected


def test_only_somebody_elses_writing_is_worth_trying_again():
    assert is_passing(error(sqlite3.SQLITE_BUSY))
    for code in (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_CONSTRAINT,
    ):
        assert not is_passing(error(code))
