"""Runs that should have gone on by now: scheduled ones that nobody started are late, cancelling ones without a process are over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.jsontext import quoted

if TYPE_CHECKING:
    from pacc.store import Store


def mark_late(store: Store, now: int, after: int) -> list[str]:
    """Call scheduled runs late that nobody started in time, and return their names.

    Runs that wait for something else than their time (a retry, a slot, to be resumed, their turn in the shell queue) are left alone.

    Args:
        store: where they are kept.
        now: the present moment in microseconds since the epoch.
        after: how many microseconds after its time a run is late.

    Raises:
        StoreError: the store cannot be used.

    Example:
        >>> mark_late(store, clock.now(), 15_000_000)  # doctest: +SKIP
        ['brave-otter']
    """
    names: list[str] = []
    while marked := store.write("overdue.mark_late", {"now": now, "bound": now - after}):
        names += [row["name"] for row in marked]
    return names


def next_late(store: Store, now: int, after: int) -> int | None:
    """Return when the next scheduled run will be late unless somebody starts it, in microseconds; `None` where none waits."""
    waiting = store.read("overdue.next_scheduled", {"bound": now - after})
    return waiting[0]["due"] + after if waiting else None


def end_cancelling(store: Store, now: int, after: int) -> list[str]:
    """Call runs cancelled that were told to stop long ago and that no process answers for, and return their names.

    Those of a process that is gone are the reaper's (see `reaping`), and those of one that lives are its own.

    Args:
        store: where they are kept.
        now: the present moment in microseconds since the epoch.
        after: for how many microseconds a run may be cancelling.

    Raises:
        StoreError: the store cannot be used.

    Example:
        >>> end_cancelling(store, clock.now(), 300_000_000)  # doctest: +SKIP
        []
    """
    message = "The run was told to stop and no process answered for it."
    ended = {"now": now, "bound": now - after, "message": message, "quoted_message": quoted(message)}
    return [row["name"] for row in store.write("overdue.end_cancelling", ended)]


def next_cancelling(store: Store, after: int) -> int | None:
    """Return when the next run is to be called cancelled, in microseconds; `None` where none is being cancelled."""
    since: int | None = store.read("overdue.next_cancelling")[0]["since"]
    return None if since is None else since + after
