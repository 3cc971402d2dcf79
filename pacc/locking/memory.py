"""Locks between the threads and coroutines of one process."""

from __future__ import annotations

import threading
import time
from typing import ClassVar, Self

from pacc.locking.protocol import LockManager

__all__ = ["MemoryLockManager"]


class MemoryLockManager(LockManager):
    """Locks that everything in this process shares; there is one such manager.

    >>> locks = MemoryLockManager()
    >>> locks.acquire_lock("key", "me"), locks.acquire_lock("key", "you", acquire_timeout=0)
    (True, False)
    >>> locks.release_lock("key", "me")
    """

    _instance: ClassVar[MemoryLockManager | None] = None
    _held: dict[str, tuple[str, float | None]]
    _changed: threading.Condition

    def __new__(cls) -> Self:
        """Return the one manager."""
        if cls._instance is None:
            made = super().__new__(cls)
            made._held = {}
            made._changed = threading.Condition()
            cls._instance = made
        return cls._instance  # type: ignore[return-value]

    def try_lock(self, key: str, holder: str, hold_timeout: float | None = None) -> bool:
        """Take the lock if it is free."""
        with self._changed:
            if self._holder(key) not in (None, holder):
                return False
            self._held[key] = (holder, None if hold_timeout is None else time.monotonic() + hold_timeout)
            return True

    def release_lock(self, key: str, holder: str) -> None:
        """Let the lock go and wake those who wait."""
        with self._changed:
            if self._holder(key) != holder:
                raise ValueError(f"{holder!r} does not hold the lock {key!r}")
            del self._held[key]
            self._changed.notify_all()

    def is_locked(self, key: str) -> bool:
        """Say whether anyone has the lock."""
        return self._holder(key) is not None

    def is_lock_holder(self, key: str, holder: str) -> bool:
        """Say whether this holder has the lock."""
        return self._holder(key) == holder

    def _holder(self, key: str) -> str | None:
        holder, until = self._held.get(key, (None, None))
        return None if until is not None and until <= time.monotonic() else holder

    def _pause(self, key: str, seconds: float) -> None:
        with self._changed:
            if self._holder(key) is not None:
                self._changed.wait(seconds)
