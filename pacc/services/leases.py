"""Leases: of the processes that could keep house, one does each piece of it; the lease of a process that is gone is free.

A lease saves work, it guards nothing: every loop's writes are conditional, so that two which both believe to have the lease do no
harm. Whether the holder lives is asked of its session's lock, never of a clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal import clock, processes, sessions
from pacc.schemas.leases import Lease

if TYPE_CHECKING:
    from pacc.store import Store


def hold(store: Store, name: str) -> bool:
    """Say whether this process has a lease, taking it where nobody has it who keeps house.

    Costs one small read, and one write when the lease changes hands.

    Args:
        store: where it is kept.
        name: the piece of housekeeping, e.g. `scheduler`.

    Raises:
        StoreError: the store cannot be used.

    Example:
        >>> hold(store, "scheduler")  # doctest: +SKIP
        True
    """
    present = store.read("leases.read", {"name": name})
    holder = present[0]["session"] if present else None
    if sessions.is_mine(holder):
        return True
    if holder is not None and keeps_house(store, holder):
        return False
    mine = sessions.current(store.home).id
    return bool(
        store.write("leases.take", {"name": name, "session": mine, "gone": holder, "now": clock.now()})
    )


def keeps_house(store: Store, session: str) -> bool:
    """Say whether the process of a session lives and is not stopped, as Ctrl-Z does it."""
    if not sessions.is_alive(store.home, session):
        return False
    return not processes.is_stopped(sessions.read(store.home, session).get("pid"))


def is_held_elsewhere(store: Store, name: str) -> bool:
    """Say whether another process has a lease and keeps house."""
    holders = [row["session"] for row in store.read("leases.read", {"name": name})]
    return any(not sessions.is_mine(each) and keeps_house(store, each) for each in holders)


def fail(store: Store, name: str, error: str) -> None:
    """Count a failure of the work that this process has the lease for, so that others can read of it.

    Raises:
        StoreError: the store cannot be used.
    """
    mine = sessions.current(store.home).id
    store.write("leases.fail", {"name": name, "session": mine, "now": clock.now(), "error": error[:500]})


def release(store: Store) -> None:
    """Let every lease of this process go, so that another takes it at once.

    Raises:
        StoreError: the store cannot be used.
    """
    store.write("leases.release", {"session": sessions.current(store.home).id})


def select(store: Store) -> list[Lease]:
    """Return every lease of a process that lives, by name.

    Example:
        >>> [lease.name for lease in select(store)]  # doctest: +SKIP
        ['late-runs', 'reaper', 'scheduler']
    """
    return [
        Lease(
            name=row["name"],
            since=clock.to_datetime(row["since"]),
            process=sessions.read(store.home, row["session"]),
            failures=row["failures"],
            failed=None if row["failed"] is None else clock.to_datetime(row["failed"]),
            error=row["error"],
        )
        for row in store.read("leases.select")
        if sessions.is_alive(store.home, row["session"])
    ]
