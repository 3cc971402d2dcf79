"""Records of kept results: noted, found, listed, forgotten. The bytes themselves are the business of `pacc.results`."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from pacc.exceptions import ObjectNotFound
from pacc.store.results import from_row

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.schemas.results import KeptResult
    from pacc.store import Store

_REMEMBERED = 10_000


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
        """Return the row."""
        return tuple(self)


_recent: OrderedDict[tuple[str, str, str], Note] = OrderedDict()
"""What this process noted lately: it may not be committed yet."""

_changing = threading.Lock()


def _start_over() -> None:
    """In a forked child the lock may be held by a thread that is not there; what is noted is the parent's to commit."""
    global _changing
    _changing = threading.Lock()


os.register_at_fork(after_in_child=_start_over)


def note(store: Store, noted: Note) -> None:
    """Note that a result was written. It is committed with the journal, at most a moment later.

    Raises:
        StoreError: the journal cannot write.
    """
    place = (str(store.path), noted.storage, noted.key)
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
