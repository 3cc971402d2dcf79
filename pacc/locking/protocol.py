"""What every lock manager promises, and what they all do alike: taking turns by trying again."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from typing import Any

__all__ = ["LockManager"]

_SHORTEST = 0.002
_LONGEST = 0.1


class LockManager(ABC):
    """Locks by key. Called by transactions from any thread; a holder is any text that names one who holds.

    A subclass says how a lock is tried for, let go and looked at; waiting is done here.
    """

    @abstractmethod
    def try_lock(self, key: str, holder: str, hold_timeout: float | None = None) -> bool:
        """Take a lock if nobody else has it, and say whether it is the holder's now.

        Args:
            key: the lock.
            holder: who takes it; taking one's own lock again succeeds.
            hold_timeout: seconds after which others may take it all the same.
        """

    @abstractmethod
    def release_lock(self, key: str, holder: str) -> None:
        """Let a lock go.

        Raises:
            ValueError: the holder does not have it.
        """

    @abstractmethod
    def is_locked(self, key: str) -> bool:
        """Say whether anyone has the lock."""

    @abstractmethod
    def is_lock_holder(self, key: str, holder: str) -> bool:
        """Say whether this holder has the lock."""

    def acquire_lock(
        self,
        key: str,
        holder: str,
        acquire_timeout: float | None = None,
        hold_timeout: float | None = None,
    ) -> bool:
        """Wait for a lock and take it.

        Args:
            key: the lock.
            holder: who takes it.
            acquire_timeout: seconds to wait at most; for ever unless given.
            hold_timeout: seconds after which others may take it all the same.

        Returns:
            Whether it was taken in time.
        """
        pauses = _Pauses(acquire_timeout)
        while not self.try_lock(key, holder, hold_timeout):
            if not pauses.left():
                return False
            self._pause(key, pauses.next())
        return True

    async def aacquire_lock(
        self,
        key: str,
        holder: str,
        acquire_timeout: float | None = None,
        hold_timeout: float | None = None,
    ) -> bool:
        """Wait for a lock and take it, letting the event loop do other things meanwhile; see `acquire_lock`."""
        import asyncio  # start-up

        pauses = _Pauses(acquire_timeout)
        while not self.try_lock(key, holder, hold_timeout):
            if not pauses.left():
                return False
            await asyncio.sleep(pauses.next())
        return True

    def wait_for_lock(self, key: str, timeout: float | None = None) -> bool:
        """Wait until nobody has the lock, for so many seconds at most, and say whether that is so."""
        pauses = _Pauses(timeout)
        while self.is_locked(key):
            if not pauses.left():
                return False
            self._pause(key, pauses.next())
        return True

    async def await_for_lock(self, key: str, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - Prefect's name
        """Wait as `wait_for_lock` does, letting the event loop do other things meanwhile."""
        import asyncio  # start-up

        pauses = _Pauses(timeout)
        while self.is_locked(key):
            if not pauses.left():
                return False
            await asyncio.sleep(pauses.next())
        return True

    def _pause(self, key: str, seconds: float) -> None:  # noqa: ARG002 - some can be woken by key
        time.sleep(seconds)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._identity() == getattr(other, "_identity", lambda: None)()

    def __hash__(self) -> int:
        return hash((type(self), str(self._identity())))

    def _identity(self) -> Any:
        """What makes two managers the same locks."""
        return id(self)


class _Pauses:
    """Longer and longer pauses, up to a deadline."""

    def __init__(self, timeout: float | None) -> None:
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._seconds = _SHORTEST / 2

    def left(self) -> bool:
        return self._deadline is None or time.monotonic() < self._deadline

    def next(self) -> float:
        self._seconds = min(2 * self._seconds, _LONGEST)
        if self._deadline is None:
            return self._seconds
        return max(0.0, min(self._seconds, self._deadline - time.monotonic()))
