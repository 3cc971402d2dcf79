"""Locks between the processes of one machine, as files in a folder. The lock of a process that is gone is free."""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pacc._internal import processes
from pacc._internal.hashing import digest_of
from pacc.locking.protocol import LockManager

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FileSystemLockManager"]


class FileSystemLockManager(LockManager):
    """Locks as files, one `.lock` file a key.

    Args:
        lock_files_directory: the folder; made where it is missing.
    """

    def __init__(self, lock_files_directory: str | Path) -> None:
        self.lock_files_directory = Path(lock_files_directory).expanduser().absolute()

    def try_lock(self, key: str, holder: str, hold_timeout: float | None = None) -> bool:
        """Take the lock if it is free, or if the process that had it is gone."""
        with self._turn():
            found = self._read(key)
            if found is not None and found["holder"] != holder:
                return False
            until = None if hold_timeout is None else time.time() + hold_timeout
            self._write(key, {"key": key, "holder": holder, "until": until, **_this_process()})
            return True

    def release_lock(self, key: str, holder: str) -> None:
        """Remove the lock's file."""
        with self._turn():
            if not self.is_lock_holder(key, holder):
                raise ValueError(f"{holder!r} does not hold the lock {key!r}")
            self._path(key).unlink(missing_ok=True)

    def is_locked(self, key: str, use_cache: bool = False) -> bool:  # noqa: ARG002 - Prefect's name; a look costs little
        """Say whether anyone has the lock."""
        return self._read(key) is not None

    def is_lock_holder(self, key: str, holder: str) -> bool:
        """Say whether this holder has the lock."""
        found = self._read(key)
        return found is not None and found["holder"] == holder

    def _identity(self) -> Any:
        return self.lock_files_directory

    def _path(self, key: str) -> Path:
        """A key may hold anything; what may not stand in a file's name, or is too long, is named by its digest."""
        plain = key.replace("-", "").replace("_", "")
        name = key if plain.isalnum() and plain.isascii() and len(key) <= 100 else digest_of(key)
        return self.lock_files_directory / f"{name}.lock"

    def _read(self, key: str) -> dict[str, Any] | None:
        """Return what a lock in force says; one that is over, or whose process is gone, is none."""
        try:
            found: dict[str, Any] = json.loads(self._path(key).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        over = found.get("until") is not None and found["until"] <= time.time()
        return None if over or not _is_alive(found) else found

    def _write(self, key: str, content: dict[str, Any]) -> None:
        path = self._path(key)
        partial = path.with_name(f"{path.name}.{os.getpid()}")
        partial.write_text(json.dumps(content), "utf-8")
        os.replace(partial, path)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let one at a time look at a lock and change it."""
        self.lock_files_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        fd = os.open(self.lock_files_directory / ".turn", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            with suppress(OSError):
                os.close(fd)


def _this_process() -> dict[str, Any]:
    pid = os.getpid()
    return {"pid": pid, "started": processes.start_time(pid), "boot": processes.boot_id()}


def _is_alive(found: dict[str, Any]) -> bool:
    if found.get("boot") != processes.boot_id():
        return False
    started = processes.start_time(found["pid"])
    if started or found.get("started"):
        return bool(started == found.get("started"))
    try:
        os.kill(found["pid"], 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
