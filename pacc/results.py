"""Results of runs, kept and read back: the value in a storage, a note of it in the store.

A record is loaded only if it is as pacc wrote it: loading a pickle runs code, so a file somebody put there or changed must
never be loaded. What was written is known by its digest, which is in the store.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import socket
import sys
import threading
import time
from collections import OrderedDict
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from pacc._internal import clock
from pacc._internal.steps import awaitable, run_in_own_loop
from pacc.context import innermost
from pacc.exceptions import ConfigurationError, MissingResult, SerializationError, UntrustedResult
from pacc.filesystems import LocalFileSystem, UnsafeFile, WritableFileSystem, filesystem_for
from pacc.serializers import Serializer, described, serializer_for
from pacc.services import results as notes
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pacc.locking.protocol import LockManager
    from pacc.schemas.results import KeptResult
    from pacc.services.results import Note
    from pacc.store import Store

__all__ = [
    "DEFAULT_STORAGE_KEY_FN",
    "Found",
    "ResultRecord",
    "ResultRecordMetadata",
    "ResultStore",
    "get_default_persist_setting",
    "get_default_persist_setting_for_tasks",
    "get_default_result_serializer",
    "get_default_result_storage",
    "get_result_store",
    "read_reference",
    "resolve_result_storage",
    "resolve_serializer",
    "should_persist_result",
]

_IN_MEMORY = 1_000
_LARGEST_IN_MEMORY = 1 << 20
_NOTED_WITHIN = 5_000_000_000
_TRIES = 10
_PAUSE = 0.25


def DEFAULT_STORAGE_KEY_FN() -> str:  # noqa: N802 - Prefect's spelling
    """Return a name nothing is kept under yet."""
    return secrets.token_hex(16)


# -- records


@dataclass(slots=True, kw_only=True)
class ResultRecordMetadata:
    """What is written beside a value."""

    storage_key: str | None = None
    """Where the value lies; in a folder, the whole path."""
    expiration: datetime | None = None
    """When it stops counting for caching."""
    serializer: Serializer
    """What made the bytes."""
    pacc_version: str = field(default_factory=lambda: str(sys.modules["pacc"].__version__))
    """The pacc that wrote it."""
    storage_block_id: str | None = None
    """The block it is kept by."""

    def dump(self) -> dict[str, Any]:
        """Return it as JSON can say it."""
        return {
            "storage_key": self.storage_key,
            "expiration": None if self.expiration is None else self.expiration.isoformat(),
            "serializer": self.serializer.describe(),
            "pacc_version": self.pacc_version,
            "storage_block_id": self.storage_block_id,
        }

    @classmethod
    def load(cls, kept: dict[str, Any]) -> Self:
        """Return what `dump` said."""
        expiration = kept.get("expiration")
        return cls(
            storage_key=kept.get("storage_key"),
            expiration=None if expiration is None else datetime.fromisoformat(expiration),
            serializer=serializer_for(kept["serializer"]),
            pacc_version=kept.get("pacc_version", ""),
            storage_block_id=kept.get("storage_block_id"),
        )


class ResultRecord:
    """A value and what is written beside it.

    Args:
        result: the value.
        metadata: see `ResultRecordMetadata`.
        blob: the value's bytes, where they are known already; the value is then made of them when it is asked for.
    """

    __slots__ = ("_blob", "_result", "metadata", "run")

    def __init__(
        self, result: Any = None, *, metadata: ResultRecordMetadata, blob: bytes | None = None
    ) -> None:
        self._result = result
        self._blob = blob
        self.metadata = metadata
        self.run: tuple[str | None, str | None, str | None] = (None, None, None)
        """The flow run, the task run and the name of the run it comes from."""

    @property
    def result(self) -> Any:
        """The value.

        Raises:
            SerializationError: the bytes cannot be turned into it.
        """
        if self._blob is not None and self._result is None:
            self._result = _loaded(self.metadata.serializer, self._blob)
        return self._result

    @property
    def expiration(self) -> datetime | None:
        """When it stops counting for caching."""
        return self.metadata.expiration

    @property
    def serializer(self) -> Serializer:
        """What makes the bytes."""
        return self.metadata.serializer

    def payload(self) -> bytes:
        """Return the value as bytes, made once.

        Raises:
            SerializationError: it cannot be.
        """
        if self._blob is None:
            self._blob = _dumped(self.metadata.serializer, self._result)
        return self._blob

    def serialize(self) -> bytes:
        """Return the record as it is written to a file."""
        return _envelope(self.metadata, self.payload())

    @classmethod
    def deserialize(cls, data: bytes) -> ResultRecord:
        """Return the record of a file. Its value may run code when it is asked for: only for files you trust."""
        metadata, payload = _opened(data)
        return cls(metadata=metadata, blob=payload)


def _envelope(metadata: ResultRecordMetadata, payload: bytes | None) -> bytes:
    kept: dict[str, Any] = {"metadata": metadata.dump()}
    if payload is not None:
        try:
            kept["result"] = payload.decode()
        except UnicodeDecodeError:
            kept["result"] = base64.b64encode(payload).decode()
            kept["encoding"] = "base64"
    return json.dumps(kept).encode()


def _opened(data: bytes) -> tuple[ResultRecordMetadata, bytes | None]:
    """Return what a record's file holds; the value is `None` where it lies elsewhere.

    Raises:
        SerializationError: it holds no record.
    """
    try:
        kept = json.loads(data)
        metadata = ResultRecordMetadata.load(kept["metadata"])
        text = kept.get("result")
        if text is None:
            return metadata, None
        return metadata, base64.b64decode(text) if kept.get("encoding") == "base64" else text.encode()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SerializationError(f"this is no record of a result: {error}") from error


def _dumped(serializer: Serializer, value: Any) -> bytes:
    try:
        return serializer.dumps(value)
    except Exception as error:  # a serializer runs the code of the value's own class
        raise SerializationError(
            f"a value of type {type(value).__name__!r} cannot be turned into bytes by the serializer "
            f"{serializer.type!r}: {error}"
        ) from error


def _loaded(serializer: Serializer, blob: bytes) -> Any:
    try:
        return serializer.loads(blob)
    except Exception as error:  # as above
        raise SerializationError(
            f"a kept result cannot be turned into a value by the serializer {serializer.type!r}: {error}"
        ) from error


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


# -- the store of results


class ResultStore:
    """Where results are kept and how.

    Args:
        result_storage: a file system, a path or a URL; `$PACC_HOME/storage` unless given.
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
        result_storage: WritableFileSystem | str | Path | None = None,
        metadata_storage: WritableFileSystem | str | Path | None = None,
        lock_manager: LockManager | None = None,
        cache_result_in_memory: bool = True,
        serializer: Serializer | str | None = None,
        storage_key_fn: Callable[[], str] = DEFAULT_STORAGE_KEY_FN,
        store: Store | None = None,
    ) -> None:
        self.result_storage = resolve_result_storage(result_storage)
        self.metadata_storage = None if metadata_storage is None else filesystem_for(metadata_storage)
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
            changes["result_storage"] = filesystem_for(changes["result_storage"])
        if changes.get("metadata_storage") is not None:
            changes["metadata_storage"] = filesystem_for(changes["metadata_storage"])
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
            metadata, payload = _opened(data)
            if payload is None:
                payload, _ = self._verified(self.result_storage, key)
        except FileNotFoundError:
            return Found(None, None, "nothing is kept under its key")
        except UntrustedResult as refusal:
            why = f"what is kept under its key is not loaded: {refusal}"
            return Found(None, None, why, suspicious=not (refusal.unknown and _is_new(storage, key)))
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

    def _verified(self, storage: WritableFileSystem, key: str) -> tuple[bytes, Note | None]:
        """Return the bytes kept under a key and what is known of them.

        Raises:
            FileNotFoundError, OSError: as the storage says. UntrustedResult: they must not be loaded.
        """
        place = (storage.location, key)
        version = storage.version(key) if isinstance(storage, LocalFileSystem) else None
        remembered = self.cache.get(place) if self.cache_result_in_memory and version is not None else None
        if remembered is not None and remembered[0] == version:
            with suppress(KeyError):  # another thread may have made room
                self.cache.move_to_end(place)
            return remembered[1], remembered[2]
        if version is None and isinstance(storage, LocalFileSystem):
            raise FileNotFoundError(key)
        data, version = _bytes_of(storage, key)
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
        path = place.path_of(key) if isinstance(place, LocalFileSystem) else key
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
            self._keep(self.result_storage, key, _envelope(result_record.metadata, payload), result_record)
        else:
            self._keep(self.result_storage, key, payload, result_record)
            self._keep(self.metadata_storage, key, _envelope(result_record.metadata, None), result_record)

    def write_plain(self, record: ResultRecord, key: str) -> None:
        """Write a record's bytes as they are, with nothing beside them: what is kept of flow runs."""
        self._keep(self.result_storage, key, record.payload(), record)

    def _key_of(self, record: ResultRecord) -> str:
        path = record.metadata.storage_key or self.storage_key_fn()
        root = f"{self.result_storage.location}/"
        return path.removeprefix(root) if isinstance(self.result_storage, LocalFileSystem) else path

    def _keep(self, storage: WritableFileSystem, key: str, data: bytes, record: ResultRecord) -> None:
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
            _settled(storage.write_path(key, data))
            notes.note(self.store, noted)

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


# -- trust


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


def _is_new(storage: WritableFileSystem, key: str) -> bool:
    """Say whether a record may be that young that the process which wrote it has not noted it yet."""
    version = storage.version(key) if isinstance(storage, LocalFileSystem) else None
    return version is None or time.time_ns() - version[1] < _NOTED_WITHIN


def _bytes_of(storage: WritableFileSystem, key: str) -> tuple[bytes, Any]:
    """Return what lies in a storage, and in a folder what tells this version of the file from others."""
    if not isinstance(storage, LocalFileSystem):
        return _settled(storage.read_path(key)), None
    if get_current_settings().results.load_unverified:
        version = storage.version(key)
        return storage.read_path(key), version
    try:
        return storage.read_own(key)
    except UnsafeFile as refusal:
        raise UntrustedResult(str(refusal)) from refusal


def _settled(value: Any) -> Any:
    """A file system of someone's own may be written with coroutines."""
    return run_in_own_loop(value) if isawaitable(value) else value


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
    storage = _opened_storage(kept["storage"])
    store = open_store(get_current_settings().home) if store is None else store
    data = _read_patiently(storage, kept["key"], _TRIES if retry else 1)
    verified(store, kept["storage"], kept["key"], data)
    serializer = serializer_for(kept["serializer"])
    if not kept.get("plain"):
        metadata, payload = _opened(data)
        serializer, data = metadata.serializer, payload or b""
    return _loaded(serializer, data)


def value_of(store: Store, kept: KeptResult) -> Any:
    """Return the value of a kept result, if it is as it was written.

    Raises:
        MissingResult: it is gone. UntrustedResult: it must not be loaded. SerializationError: it cannot be.
    """
    storage = _opened_storage(kept.storage)
    data = _read_patiently(storage, kept.key, 1)
    verified(store, kept.storage, kept.key, data)
    if kept.task_run_id is None and kept.flow_run_id is not None:  # a flow's: the value alone
        return _loaded(serializer_for(kept.serializer), data)
    try:
        metadata, payload = _opened(data)
    except SerializationError:  # kept apart from its metadata
        return _loaded(serializer_for(kept.serializer), data)
    return _loaded(metadata.serializer, payload or b"")


def delete_kept(store: Store, kept: KeptResult) -> None:
    """Delete a kept result and what the store knows of it; that the file is gone already is fine.

    Raises:
        OSError: the storage cannot be changed; the result is still known.
    """
    _opened_storage(kept.storage).delete_path(kept.key)
    notes.forget(store, kept.storage, kept.key)


def _opened_storage(location: str) -> WritableFileSystem:
    if location.startswith("/") or "://" in location:
        return filesystem_for(location)
    raise MissingResult(f"the result was kept by {location!r}, which only the process that made it can open")


def _read_patiently(storage: WritableFileSystem, key: str, tries: int) -> bytes:
    for left in range(tries - 1, -1, -1):
        try:
            return _bytes_of(storage, key)[0]
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


# -- defaults


def get_default_result_storage() -> WritableFileSystem:
    """Return where results are kept unless a flow or task says: a folder below the home, or as the settings have it."""
    return LocalFileSystem(get_current_settings().results.local_storage_path)


def get_default_result_serializer() -> Serializer:
    """Return the serializer the settings name."""
    return serializer_for(get_current_settings().results.default_serializer)


def resolve_result_storage(result_storage: WritableFileSystem | str | Path | None) -> WritableFileSystem:
    """Return the file system a path, a URL or a file system means, the default one for `None`."""
    return get_default_result_storage() if result_storage is None else filesystem_for(result_storage)


def resolve_serializer(serializer: Serializer | str | None) -> Serializer:
    """Return a serializer by its name, the default one for `None`."""
    return get_default_result_serializer() if serializer is None else serializer_for(serializer)


def get_default_persist_setting() -> bool:
    """Say whether results are kept where nothing else says so."""
    return bool(get_current_settings().results.persist_by_default)


def get_default_persist_setting_for_tasks() -> bool:
    """Say whether the results of tasks are kept where nothing else says so."""
    settings = get_current_settings()
    for_tasks = settings.tasks.default_persist_result
    return bool(settings.results.persist_by_default if for_tasks is None else for_tasks)


def should_persist_result() -> bool:
    """Say whether the result of the run this is called in will be kept."""
    context = innermost()
    return get_default_persist_setting() if context is None else bool(context.persist_result)


def get_result_store() -> ResultStore:
    """Return where the results of the run this is called in are kept, outside of runs the default place."""
    context = innermost()
    store: ResultStore | None = None if context is None else context.result_store
    return ResultStore() if store is None else store


aget_default_result_storage = awaitable(get_default_result_storage)
aresolve_result_storage = awaitable(resolve_result_storage)
