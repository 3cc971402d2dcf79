"""Locks between all processes that share a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.locking.protocol import LockManager
from pacc.services import key_locks
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from pacc.store import Store

__all__ = ["StoreLockManager"]


class StoreLockManager(LockManager):
    """Locks in the store of a home. The lock of a process that was killed is free at once.

    Args:
        home: the home; the one in force when a lock is used unless given.
    """

    def __init__(self, home: Path | None = None) -> None:
        self.home = home

    @property
    def _store(self) -> Store:
        return open_store(self.home or get_current_settings().home)

    def try_lock(self, key: str, holder: str, hold_timeout: float | None = None) -> bool:
        """Take the lock if it is free, or if the process that had it is gone."""
        return key_locks.take(self._store, key, holder, hold_timeout)

    def release_lock(self, key: str, holder: str) -> None:
        """Let the lock go."""
        if not key_locks.release(self._store, key, holder):
            raise ValueError(f"{holder!r} does not hold the lock {key!r}")

    def is_locked(self, key: str) -> bool:
        """Say whether anyone has the lock."""
        return key_locks.holder_of(self._store, key) is not None

    def is_lock_holder(self, key: str, holder: str) -> bool:
        """Say whether this holder has the lock."""
        return key_locks.holder_of(self._store, key) == holder

    def _identity(self) -> Any:
        return self.home
