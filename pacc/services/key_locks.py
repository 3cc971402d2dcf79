"""Locks kept in the store, for all processes that share it. The lock of a process that is gone is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal import clock, sessions

if TYPE_CHECKING:
    from pacc.store import Store


def take(store: Store, key: str, holder: str, hold_seconds: float | None = None) -> bool:
    """Take a lock if nobody living has it, and say whether it is the holder's now.

    Args:
        store: where it is kept.
        key: the lock.
        holder: who takes it; taking one's own lock again succeeds.
        hold_seconds: after so long others may take it all the same.

    Raises:
        StoreError: the store cannot be used.
    """
    present = store.read("key_locks.read", {"key": key})
    session = present[0]["session"] if present else None
    dead = session if session is not None and not sessions.is_alive(store.home, session) else None
    now = clock.now()
    if present and dead is None and present[0]["holder"] != holder and not _is_over(present[0]["until"], now):
        return False
    until = None if hold_seconds is None else now + int(hold_seconds * 1_000_000)
    mine = sessions.current(store.home).id
    taken = {"key": key, "holder": holder, "session": mine, "until": until, "now": now, "dead": dead}
    return bool(store.write("key_locks.take", taken))


def holder_of(store: Store, key: str) -> str | None:
    """Return who has a lock, `None` where it is free."""
    rows = store.read("key_locks.read", {"key": key})
    if not rows or _is_over(rows[0]["until"], clock.now()):
        return None
    return str(rows[0]["holder"]) if sessions.is_alive(store.home, rows[0]["session"]) else None


def release(store: Store, key: str, holder: str) -> bool:
    """Let a lock go and say whether the holder had it."""
    return bool(store.write("key_locks.release", {"key": key, "holder": holder}))


def _is_over(until: int | None, now: int) -> bool:
    return until is not None and until <= now
