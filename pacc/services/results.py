"""Records of kept results: noted, found, listed, forgotten. The bytes themselves are the business of `pacc.results`."""

from __future__ import annotations

import logging
import os
import threading
from collections import OrderedDict, deque
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from pacc.exceptions import ObjectNotFound
from pacc.store.results import from_row

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.schemas.results import KeptResult
    from pacc.store import Store

_REMEMBERED = 10_000
_SYNCED_AT_ONCE = 8


class Note(NamedTuple):
    """What is noted of a result, all columns in the schema's order; times are microseconds since the epoch."""

    storage: str
    key: str
    digest: str
    size: int
    serializer: str
    created: int
    expiration: int | None = None
    flow_run_id: str | None = None
    task_run_id: str | None = None
    run_name: str | None = None

    def journal_row(self) -> tuple[object, ...]:
        """Return the row, now that the files of all that is noted survive power loss: the row must not know more than the disk."""
        _unsynced.sync_all()
        return tuple(self)


class _Unsynced:
    """Files of results that are written, but would perhaps not survive power loss yet.

    The system makes many files durable in the time of one, if it is asked for all of them at once, by several threads; the
    folders they are in follow, once for all of them.
    """

    def __init__(self) -> None:
        self._files: deque[str] = deque()
        self._turn = threading.Lock()

    def add(self, file: str) -> None:
        """Note one."""
        self._files.append(file)

    def sync_all(self) -> None:
        """Return once all of them survive. Where that cannot be had the log says so; the files are there all the same."""
        if not self._files and not self._turn.locked():
            return
        with self._turn:
            errors: list[OSError] = []
            folders: set[str] = set()
            helpers = [
                threading.Thread(target=self._sync_some, args=(folders, errors), daemon=True)
                for _ in range(min(_SYNCED_AT_ONCE, len(self._files)) - 1)
            ]
            with suppress(RuntimeError):  # the interpreter shuts down, and has no threads any more
                for helper in helpers:
                    helper.start()
            self._sync_some(folders, errors)
            for helper in helpers:
                if helper.ident is not None:
                    helper.join()
            for folder in folders | {os.path.dirname(folder) for folder in folders}:
                _sync(folder, errors)
        if errors:
            logging.getLogger("pacc.results").warning(
                "Kept results may not survive power loss: %s", errors[0]
            )

    def _sync_some(self, folders: set[str], errors: list[OSError]) -> None:
        with suppress(IndexError):
            while True:
                file = self._files.popleft()
                folders.add(os.path.dirname(file))
                _sync(file, errors)


def _sync(place: str, errors: list[OSError]) -> None:
    """Make a file or the list of files of a folder survive power loss; one that is gone again is fine."""
    try:
        fd = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
    except FileNotFoundError:
        return
    except OSError as error:
        errors.append(error)


_unsynced = _Unsynced()

_recent: OrderedDict[tuple[str, str, str], Note] = OrderedDict()
"""What this process noted lately: it may not be committed yet."""

_changing = threading.Lock()


def _start_over() -> None:
    """In a forked child the lock may be held by a thread that is not there; what is noted is the parent's to commit."""
    global _changing, _unsynced
    _changing = threading.Lock()
    _unsynced = _Unsynced()


os.register_at_fork(after_in_child=_start_over)


def note(store: Store, noted: Note, file: str | None = None) -> None:
    """Note that a result was written. It is committed with the journal, at most a moment later.

    Args:
        store: where.
        noted: what there is to know of it.
        file: where it is written, if it must survive power loss before the note is committed.

    Raises:
        StoreError: the journal cannot write.
    """
    place = (str(store.path), noted.storage, noted.key)
    if file is not None:
        _unsynced.add(file)
    with _changing:
        _recent[place] = noted
        _recent.move_to_end(place)
        if len(_recent) > _REMEMBERED:
            _recent.popitem(last=False)
    store.journal.put("results.record_batch", f"{noted.storage}\0{noted.key}", noted)


def known(store: Store, storage: str, key: str, digest: str | None = None) -> Note | None:
    """Return what is known of a result, `None` where nothing is.

    Args:
        store: where it is noted.
        storage: the place it lies in.
        key: its name there.
        digest: what the caller found there. What this process remembers is believed where it says the same; otherwise another
            process may have written since, and the store is asked.

    Raises:
        StoreError: the store cannot be read.
    """
    recent = _recent.get((str(store.path), storage, key))
    if recent is not None and recent.digest == digest:
        return recent
    if recent is not None:
        store.journal.flush()
    rows = store.read("results.read", {"storage": storage, "key": key})
    return Note(*rows[0]) if rows else None


def select(store: Store, *, run_id: UUID | str | None = None, limit: int | None = None) -> list[KeptResult]:
    """Return the records, the newest first.

    Args:
        store: where they are noted.
        run_id: only those of this flow run or task run.
        limit: so many at most; all otherwise.
    """
    store.journal.flush()
    wanted = {
        "run_id": None if run_id is None else str(run_id),
        "limit": -1 if limit is None else limit,
    }
    return [from_row(row) for row in store.read("results.select", wanted)]


def find(store: Store, reference: str) -> KeptResult:
    """Return the record a person means by a key or the beginning of one.

    Raises:
        ObjectNotFound: there is none, or there are several.
    """
    store.journal.flush()
    rows = store.read("results.by_key", {"reference": reference})
    exact = [row for row in rows if row["key"] == reference]
    if len(exact) == 1 or len(rows) == 1:
        return from_row((exact or rows)[0])
    if rows:
        raise ObjectNotFound(f'several kept results begin with "{reference}"; write more of the key')
    raise ObjectNotFound(f'no kept result "{reference}"', hint="See: pacc result ls")


def forget(store: Store, storage: str, key: str) -> bool:
    """Forget a record and say whether there was one."""
    _recent.pop((str(store.path), storage, key), None)
    store.journal.flush()
    return bool(store.write("results.delete", {"storage": storage, "key": key}))
