"""Whether bytes may be loaded: loading a pickle runs code, so only what this store wrote, unchanged, is ever loaded."""

from __future__ import annotations

import hashlib
import time
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from pacc._internal.steps import run_in_own_loop
from pacc.exceptions import UntrustedResult
from pacc.filesystems.folders import Folder, UnsafeFile
from pacc.services import results as notes
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from pacc.filesystems.place import Place
    from pacc.services.results import Note
    from pacc.store import Store


_NOTED_WITHIN = 5_000_000_000


def digest(data: bytes) -> str:
    """Return what the store knows bytes by."""
    return hashlib.sha256(data).hexdigest()


def verified(store: Store, location: str, key: str, data: bytes) -> Note | None:
    """Return what is known of bytes found in a storage.

    Raises:
        UntrustedResult: they are not as this store wrote them, and loading such is not switched on.
    """
    found = digest(data)
    known = notes.known(store, location, key, found)
    if known is not None and known.digest == found:
        return known
    if get_current_settings().results.load_unverified:
        return known
    refusal = UntrustedResult(
        "this store did not write it" if known is None else "it was changed since it was written"
    )
    refusal.unknown = known is None
    raise refusal


def is_new(storage: Place, key: str) -> bool:
    """Say whether a record may be that young that the process which wrote it has not noted it yet."""
    version = storage.version(key) if isinstance(storage, Folder) else None
    return version is None or time.time_ns() - version[1] < _NOTED_WITHIN


def bytes_of(storage: Place, key: str) -> tuple[bytes, Any]:
    """Return what lies in a storage, and in a folder what tells this version of the file from others."""
    if not isinstance(storage, Folder):
        return settled(storage.read_path(key)), None
    if get_current_settings().results.load_unverified:
        version = storage.version(key)
        return storage.read_path(key), version
    try:
        return storage.read_own(key)
    except UnsafeFile as refusal:
        raise UntrustedResult(str(refusal)) from refusal


def file_to_sync(storage: Place, key: str) -> str | None:
    """Return the file that must survive power loss, `None` where it is another machine's or the settings do not ask for it."""
    if not isinstance(storage, Folder) or get_current_settings().store.synchronous != "full":
        return None
    return storage.path_of(key)


def settled(value: Any) -> Any:
    """A file system of someone's own may be written with coroutines."""
    return run_in_own_loop(value) if isawaitable(value) else value
