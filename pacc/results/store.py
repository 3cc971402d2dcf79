"""Results kept under keys, written and read by the runs of this process, with locks so that one computes for all."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections import OrderedDict
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from pacc._internal import clock
from pacc._internal.steps import awaitable
from pacc.context import innermost
from pacc.exceptions import ConfigurationError, MissingResult, SerializationError, UntrustedResult
from pacc.filesystems.folders import Folder
from pacc.filesystems.places import place_for
from pacc.results.defaults import resolve_result_storage, resolve_serializer
from pacc.results.records import DEFAULT_STORAGE_KEY_FN, ResultRecord, ResultRecordMetadata, envelope, opened
from pacc.results.trust import bytes_of, digest, file_to_sync, is_new, settled, verified
from pacc.serializers import Serializer, described
from pacc.services import results as notes
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from pacc.filesystems.place import Place
    from pacc.locking.protocol import LockManager
    from pacc.services.results import Note
    from pacc.store import Store

_IN_MEMORY = 1_000
_LARGEST_IN_MEMORY = 1 << 20


class Found(NamedTuple):
    """What looking for a record came to."""

    record: ResultRecord | None
    """The record, `None` where there is none that counts."""
    note: Note | None
    """What the store knows of it."""
    why: str
    """Why it was or was not found, as a clause."""
    suspicious: bool = False
    """Whether something lies there that must not be loaded."""


class ResultStore:
    """Where results are kept and how.

    Args:
        result_storage: a path, a URL, a storage block or its name; `$PACC_HOME/storage` unless given.
        metadata_storage: where the records are, if not beside the values.
        lock_manager: what calls with the same key wait by.
        cache_result_in_memory: keep the bytes of up to a thousand records in memory too.
        serializer: what makes bytes of values.
        storage_key_fn: names results that have no key.
        store: the store that knows the digests; that of the home in force unless given.

    >>> results = ResultStore()  # doctest: +SKIP
    >>> results.write({"answer": 42}, key="answer")  # doctest: +SKIP
    >>> results.read("answer").result  # doctest: +SKIP
    {'answer': 42}
    """

    def __init__(
        self,
        *,
        result_storage: Place | str | Path | None = None,
        metadata_storage: Place | str | Path | None = None,
        lock_manager: LockManager | None = None,
        cache_result_in_memory: bool = True,
        serializer: Serializer | str | None = None,
        storage_key_fn: Callable[[], str] = DEFAULT_STORAGE_KEY_FN,
        store: Store | None = None,
    ) -> None:
        self.result_storage = resolve_result_storage(result_storage)
        self.metadata_storage = None if metadata_storage is None else place_for(metadata_storage).opened()
        self.lock_manager = lock_manager
        self.cache_result_in_memory = cache_result_in_memory
        self.serializer = resolve_serializer(serializer)
        self.storage_key_fn = storage_key_fn
        self.store = open_store(get_current_settings().home) if store is None else store
        self.cache: OrderedDict[tuple[str, str], tuple[Any, bytes, Note | None]] = OrderedDict()

    def changed(self, **changes: Any) -> Self:
        """Return a copy with some things different; `None` means: as it was. The memory is shared."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        if changes.get("result_storage") is not None:
            changes["result_storage"] = place_for(changes["result_storage"]).opened()
        if changes.get("metadata_storage") is not None:
            changes["metadata_storage"] = place_for(changes["metadata_storage"]).opened()
        if changes.get("serializer") is not None:
            changes["serializer"] = resolve_serializer(changes["serializer"])
        copy.__dict__.update({name: value for name, value in changes.items() if value is not None})
        return copy

    def update_for_flow(self, flow: Any) -> Self:
        """Return the store as a flow's options have it."""
        return self.changed(
            result_storage=flow.result_storage,
            serializer=flow.result_serializer,
            cache_result_in_memory=flow.cache_result_in_memory,
        )

    def update_for_task(self, task: Any) -> Self:
        """Return the store as a task's options and its cache policy have it."""
        policy = task.cache_policy
        return self.changed(
            result_storage=task.result_storage,
            serializer=task.result_serializer,
            cache_result_in_memory=task.cache_result_in_memory,
            metadata_storage=getattr(policy, "key_storage", None),
            lock_manager=getattr(policy, "lock_manager", None),
        )

    # -- reading

    def lookup(self, key: str) -> Found:
        """Look for a record that counts: there, as it was written, not expired. Its value is not loaded yet.

        Raises:
            ValueError: the key leads out of the storage.
        """
        storage = self.metadata_storage or self.result_storage
        try:
            data, known = self._verified(storage, key)
            metadata, payload = opened(data)
            if payload is None:
                payload, _ = self._verified(self.result_storage, key)
        except FileNotFoundError:
            return Found(None, None, "nothing is kept under its key")
        except UntrustedResult as refusal:
            why = f"what is kept under its key is not loaded: {refusal}"
            return Found(None, None, why, suspicious=not (refusal.unknown and is_new(storage, key)))
        except SerializationError as error:
            return Found(None, None, f"what is kept under its key cannot be read: {error}", suspicious=True)
        except ValueError:
            raise
        except Exception as error:  # noqa: BLE001 - a storage is other people's code
            return Found(None, None, f"the storage {storage.location} cannot be read: {error!r}")
        if metadata.expiration is not None and clock.from_datetime(metadata.expiration) <= clock.now():
            return Found(
                None,
                known,
                f"what is kept under its key expired at {metadata.expiration:%Y-%m-%d %H:%M:%S} UTC",
            )
        return Found(ResultRecord(metadata=metadata, blob=payload), known, "its key is known")

    def exists(self, key: str) -> bool:
        """Say whether a record that counts is kept under a key."""
        return self.lookup(key).record is not None

    def read(self, key: str, holder: str | None = None) -> ResultRecord:
        """Return the record under a key.

        Args:
            key: the key.
            holder: who holds the key's lock; others wait until it is free.

        Raises:
            MissingResult: there is none. UntrustedResult: there is one that must not be loaded.
        """
        if self.lock_manager is not None and not self.is_lock_holder(key, holder):
            self.wait_for_lock(key)
        found = self.lookup(key)
        if found.record is not None:
            return found.record
        kind = UntrustedResult if found.suspicious else MissingResult
        raise kind(f"the result {key!r} cannot be read: {found.why}")

    def _verified(self, storage: Place, key: str) -> tuple[bytes, Note | None]:
        """Return the bytes kept under a key and what is known of them.

        Raises:
            FileNotFoundError, OSError: as the storage says. UntrustedResult: they must not be loaded.
        """
        place = (storage.location, key)
        version = storage.version(key) if isinstance(storage, Folder) else None
        remembered = self.cache.get(place) if self.cache_result_in_memory and version is not None else None
        if remembered is not None and remembered[0] == version:
            with suppress(KeyError):  # another thread may have made room
                self.cache.move_to_end(place)
            return remembered[1], remembered[2]
        if version is None and isinstance(storage, Folder):
            raise FileNotFoundError(key)
        data, version = bytes_of(storage, key)
        known = verified(self.store, storage.location, key, data)
        if version is not None and self.cache_result_in_memory and len(data) <= _LARGEST_IN_MEMORY:
            self.cache[place] = (version, data, known)
            while len(self.cache) > _IN_MEMORY:
                self.cache.popitem(last=False)
        return data, known

    # -- writing

    def create_result_record(
        self, obj: Any, key: str | None = None, expiration: datetime | None = None
    ) -> ResultRecord:
        """Return a record that is not written yet; without a key it gets one of its own."""
        key = self.storage_key_fn() if key is None else key
        place = self.result_storage
        path = place.path_of(key) if isinstance(place, Folder) else key
        metadata = ResultRecordMetadata(storage_key=path, expiration=expiration, serializer=self.serializer)
        return ResultRecord(obj, metadata=metadata)

    def write(
        self,
        obj: Any,
        key: str | None = None,
        expiration: datetime | None = None,
        holder: str | None = None,
    ) -> None:
        """Keep a value under a key; see `persist_result_record`."""
        key = self.storage_key_fn() if key is None else key
        self.persist_result_record(self.create_result_record(obj, key, expiration), holder, key=key)

    def persist_result_record(
        self, result_record: ResultRecord, holder: str | None = None, *, key: str | None = None
    ) -> None:
        """Write a record.

        Args:
            result_record: what to write.
            holder: who holds the key's lock, where there is one.
            key: its key; that of its `storage_key` unless given.

        Raises:
            SerializationError: the value cannot be turned into bytes. OSError: the storage cannot be written.
            RuntimeError: someone else holds the key's lock.
        """
        key = self._key_of(result_record) if key is None else key
        if self.lock_manager is not None and self.is_locked(key) and not self.is_lock_holder(key, holder):
            raise RuntimeError(f"the result {key!r} cannot be written: someone else holds its lock")
        payload = result_record.payload()
        if self.metadata_storage is None:
            self._keep(self.result_storage, key, envelope(result_record.metadata, payload), result_record)
        else:
            self._keep(self.result_storage, key, payload, result_record)
            self._keep(self.metadata_storage, key, envelope(result_record.metadata, None), result_record)

    def write_plain(self, record: ResultRecord, key: str) -> None:
        """Write a record's bytes as they are, with nothing beside them: what is kept of flow runs."""
        self._keep(self.result_storage, key, record.payload(), record)

    def _key_of(self, record: ResultRecord) -> str:
        path = record.metadata.storage_key or self.storage_key_fn()
        root = f"{self.result_storage.location}/"
        return path.removeprefix(root) if isinstance(self.result_storage, Folder) else path

    def _keep(self, storage: Place, key: str, data: bytes, record: ResultRecord) -> None:
        expiration = record.metadata.expiration
        noted = notes.Note(
            storage.location,
            key,
            digest(data),
            len(data),
            described(record.metadata.serializer),
            clock.now(),
            None if expiration is None else clock.from_datetime(expiration),
            *record.run,
        )
        with _one_at_a_time((storage.location, key)):
            settled(storage.write_path(key, data))
            notes.note(self.store, noted, file_to_sync(storage, key))

    def reference(self, record: ResultRecord, key: str, *, plain: bool = False) -> str:
        """Return what a run's row holds of its result: where it lies and how it is read."""
        return json.dumps(
            {
                "storage": self.result_storage.location,
                "key": key,
                "serializer": record.metadata.serializer.describe(),
                **({"plain": True} if plain or self.metadata_storage is not None else {}),
            }
        )

    # -- locks

    def supports_isolation_level(self, level: Any) -> bool:
        """Say whether transactions of that isolation can use this store."""
        return str(getattr(level, "value", level)) == "READ_COMMITTED" or self.lock_manager is not None

    @staticmethod
    def generate_default_holder() -> str:
        """Return a name for this thread."""
        return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"

    def _locks(self) -> LockManager:
        if self.lock_manager is None:
            raise ConfigurationError(
                "these results have no lock manager",
                hint="Give the cache policy one: `.configure(lock_manager=MemoryLockManager())`.",
            )
        return self.lock_manager

    def acquire_lock(self, key: str, holder: str | None = None, timeout: float | None = None) -> bool:
        """Wait for a key's lock, for so many seconds at most, and say whether it was taken."""
        return self._locks().acquire_lock(key, holder or self.generate_default_holder(), timeout)

    async def aacquire_lock(
        self,
        key: str,
        holder: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - Prefect's name
    ) -> bool:
        """Wait for a key's lock without holding up the event loop."""
        return await self._locks().aacquire_lock(key, holder or self.generate_default_holder(), timeout)

    def release_lock(self, key: str, holder: str | None = None) -> None:
        """Let a key's lock go; what was written under it is there for other processes from then on."""
        try:
            self.store.journal.flush()
        finally:
            self._locks().release_lock(key, holder or self.generate_default_holder())

    def is_locked(self, key: str) -> bool:
        """Say whether anyone has a key's lock."""
        return self._locks().is_locked(key)

    def is_lock_holder(self, key: str, holder: str | None = None) -> bool:
        """Say whether this holder has a key's lock."""
        return self._locks().is_lock_holder(key, holder or self.generate_default_holder())

    def wait_for_lock(self, key: str, timeout: float | None = None) -> bool:
        """Wait until nobody has a key's lock, for so many seconds at most, and say whether that is so."""
        return self._locks().wait_for_lock(key, timeout)

    async def await_for_lock(self, key: str, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - Prefect's name
        """Wait as `wait_for_lock` does, letting the event loop do other things meanwhile."""
        return await self._locks().await_for_lock(key, timeout)

    aexists = awaitable(exists)
    aread = awaitable(read)
    awrite = awaitable(write)
    apersist_result_record = awaitable(persist_result_record)
    aupdate_for_flow = awaitable(update_for_flow)
    aupdate_for_task = awaitable(update_for_task)


_writing: dict[tuple[str, str], tuple[threading.Lock, int]] = {}


_changing = threading.Lock()


@contextmanager
def _one_at_a_time(place: tuple[str, str]) -> Iterator[None]:
    """Let the threads of this process write and note a record in turn, or the digest could be one's and the file another's."""
    with _changing:
        turn, users = _writing.get(place, (threading.Lock(), 0))
        _writing[place] = (turn, users + 1)
    try:
        with turn:
            yield
    finally:
        with _changing:
            users = _writing[place][1] - 1
            if users:
                _writing[place] = (turn, users)
            else:
                del _writing[place]


def _start_over() -> None:
    """In a forked child nobody is writing, whatever the parent's threads were at."""
    global _changing
    _changing = threading.Lock()
    _writing.clear()


os.register_at_fork(after_in_child=_start_over)


def get_result_store() -> ResultStore:
    """Return where the results of the run this is called in are kept, outside of runs the default place."""
    context = innermost()
    store: ResultStore | None = None if context is None else context.result_store
    return ResultStore() if store is None else store
