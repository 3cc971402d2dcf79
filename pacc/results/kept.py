"""Kept results read and deleted by others than the run that made them."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from pacc.exceptions import MissingResult, PaccException, SerializationError, UntrustedResult
from pacc.filesystems.places import is_block_name, place_for
from pacc.results.records import loaded, opened
from pacc.results.trust import bytes_of, verified
from pacc.serializers import serializer_for
from pacc.services import results as notes
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from pacc.filesystems.place import Place
    from pacc.schemas.results import KeptResult
    from pacc.store import Store


_TRIES = 10


_PAUSE = 0.25


def read_reference(reference: str, *, retry: bool = True, store: Store | None = None) -> Any:
    """Return the result a run's row refers to.

    Args:
        reference: what the row holds.
        retry: look ten times within two and a half seconds where nothing is there.
        store: the store that knows the digests; that of the home in force unless given.

    Raises:
        MissingResult: it is gone. UntrustedResult: it must not be loaded. SerializationError: it cannot be.
    """
    kept = json.loads(reference)
    storage = opened_storage(kept["storage"])
    store = open_store(get_current_settings().home) if store is None else store
    data = _read_patiently(storage, kept["key"], _TRIES if retry else 1)
    verified(store, kept["storage"], kept["key"], data)
    serializer = serializer_for(kept["serializer"])
    if not kept.get("plain"):
        metadata, payload = opened(data)
        serializer, data = metadata.serializer, payload or b""
    return loaded(serializer, data)


def value_of(store: Store, kept: KeptResult) -> Any:
    """Return the value of a kept result, if it is as it was written.

    Raises:
        MissingResult: it is gone. UntrustedResult: it must not be loaded. SerializationError: it cannot be.
    """
    storage = opened_storage(kept.storage)
    data = _read_patiently(storage, kept.key, 1)
    verified(store, kept.storage, kept.key, data)
    if kept.task_run_id is None and kept.flow_run_id is not None:  # a flow's: the value alone
        return loaded(serializer_for(kept.serializer), data)
    try:
        metadata, payload = opened(data)
    except SerializationError:  # kept apart from its metadata
        return loaded(serializer_for(kept.serializer), data)
    return loaded(metadata.serializer, payload or b"")


def delete_kept(store: Store, kept: KeptResult) -> None:
    """Delete a kept result and what the store knows of it; that the file is gone already is fine.

    Raises:
        OSError: the storage cannot be changed; the result is still known.
    """
    opened_storage(kept.storage).delete_path(kept.key)
    notes.forget(store, kept.storage, kept.key)


def opened_storage(location: str) -> Place:
    """Return the storage of a location: a folder, a URL, or the name of a block.

    Raises:
        MissingResult: it cannot be opened.
    """
    if not (location.startswith("/") or "://" in location or is_block_name(location)):
        raise MissingResult(f"the result was kept in {location!r}, which cannot be opened again")
    try:
        return place_for(location).opened()
    except PaccException as error:
        raise MissingResult(
            f'the result was kept in the block "{location}", which cannot be loaded: {error}', hint=error.hint
        ) from error


def _read_patiently(storage: Place, key: str, tries: int) -> bytes:
    for left in range(tries - 1, -1, -1):
        try:
            return bytes_of(storage, key)[0]
        except FileNotFoundError as error:
            if not left:
                raise MissingResult(
                    f"the result was kept in {storage.location}/{key}, and is not there any more"
                ) from error
            time.sleep(_PAUSE)
        except UntrustedResult:
            raise
        except Exception as error:
            raise MissingResult(f"the result in {storage.location}/{key} cannot be read: {error}") from error
    raise MissingResult  # pragma: no cover - the last try returns or raises
