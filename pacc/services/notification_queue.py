"""The queue of what is to be told of flow runs.

It fills by itself: a trigger of the store puts a row into it together with the state, whoever writes that, the process that finds a
killed run included. Any process may send: it claims one row by a conditional statement, tries, and says what came of it. What a
process had claimed that died meanwhile is claimed by the next; so each is told at least once, and twice only where a process died
between sending and saying so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal import sessions

if TYPE_CHECKING:
    import sqlite3

    from pacc.schemas.notifications import Notification
    from pacc.store import Store

KEPT = 30 * 86_400_000_000
"""Microseconds after which what was sent or given up is forgotten."""

_LONGEST_ERROR = 500


def is_wanted(store: Store) -> bool:
    """Say whether anybody wants to be told anything."""
    return bool(store.read("notifications.any")[0]["found"])


def next_due(store: Store) -> int | None:
    """Return when something is to be sent that no living process is sending, in microseconds; `None` where nothing waits.

    Costs one read of an index that is empty where nothing waits.
    """
    return min(
        (
            row["due"]
            for row in store.read("notifications.next")
            if row["session"] is None or not sessions.is_alive(store.home, row["session"])
        ),
        default=None,
    )


def due(store: Store, now: int) -> list[Notification]:
    """Return what is to be sent by now, the oldest first, and is not being sent by another process.

    Raises:
        StoreError: the store cannot be read.
    """
    rows = [row for row in store.read("notifications.due", {"now": now}) if _is_free(store, row)]
    if not rows:
        return []
    from pacc.store.notifications import notification_from_row  # start-up: most runs are told to nobody

    return [notification_from_row(row) for row in rows]


def _is_free(store: Store, row: sqlite3.Row) -> bool:
    holder = row["session"]
    return holder is None or sessions.is_mine(holder) or not sessions.is_alive(store.home, holder)


def claim(store: Store, notification: Notification, now: int) -> Notification | None:
    """Take a notification upon this process to send it, and return it as it stands; `None` where another one was faster.

    Raises:
        StoreError: nothing was written.
    """
    from pacc.store.notifications import notification_from_row  # start-up: as above

    mine = sessions.current(store.home).id
    rows = store.write(
        "notifications.claim",
        {**_key(notification), "session": mine, "holder": notification.session, "now": now},
    )
    return notification_from_row(rows[0]) if rows else None


def settle(store: Store, notification: Notification, error: str | None, now: int) -> int | None:
    """Say what came of a try, and return when the next one comes, `None` where it was sent or is given up.

    Args:
        store: where it is kept.
        notification: what `claim` returned.
        error: why it could not be sent, `None` where it was.
        now: the present moment in microseconds since the epoch.

    Raises:
        StoreError: nothing was written; it will be sent again.
    """
    from pacc.orchestration.notifications import next_try  # start-up: as above

    again = None if error is None else next_try(notification.tries, now)
    store.write(
        "notifications.settle",
        {
            **_key(notification), "session": notification.session, "due": again,
            "sent": now if error is None else None,
            "error": None if error is None else error[:_LONGEST_ERROR],
        },
    )  # fmt: skip
    return again


def put_back(store: Store, notification: Notification) -> None:
    """Leave a notification that `claim` returned to another process, as if it had not been tried."""
    store.write("notifications.put_back", {**_key(notification), "session": notification.session})


def forget_old(store: Store, now: int) -> None:
    """Remove what was sent or given up long ago; costs one small read where there is nothing."""
    old = {"bound": now - KEPT}
    while store.read("notifications.any_old", old)[0]["found"]:
        store.write("notifications.forget", old)


def _key(notification: Notification) -> dict[str, object]:
    return {
        "subscription_id": str(notification.subscription_id), "flow_run_id": str(notification.flow_run_id),
        "version": notification.version,
    }  # fmt: skip
