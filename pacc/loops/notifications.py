"""Sending what is queued: each subscription in a thread of its own, so that a service that is slow holds up nobody else.

Long-lived processes do it, of which a lease picks one; a process that runs flows does it every two seconds meanwhile, and what is left
when it ends goes out of a process of its own, which is given a few seconds and no more.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from pacc._internal import clock
from pacc.exceptions import StoreError
from pacc.loops.loop import Loop
from pacc.services import leases, notification_queue
from pacc.services.reaping import reap

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from uuid import UUID

    from pacc.schemas.notifications import Notification
    from pacc.store import Store

NAME = "notifications"
EVERY_SECONDS = 2.0
"""From tick to tick in a process that runs flows."""
LONGEST_SECONDS = 30.0
"""After so long a try counts as failed, whatever becomes of it."""
FAREWELL_SECONDS = 5.0
"""How long a program may be kept from ending by what is still to be sent."""
_AT_ONCE = 8
_APART = 500_000
"""Microseconds at least from tick to tick while threads are at what is due."""

_log = logging.getLogger("pacc.notifications")
_lock = threading.Lock()
_sending: dict[UUID, threading.Thread] = {}
"""Who sends in this process, by subscription."""


def tick(store: Store, now: int) -> int | None:
    """Send what is due, in threads; return when something is to be sent next, in microseconds.

    Raises:
        StoreError: the store cannot be used; the next tick tries again.
    """
    start(store, now)
    due = notification_queue.next_due(store)
    return None if due is None else max(due, now + _APART)


def _tick_of_house(store: Store, now: int) -> int | None:
    notification_queue.forget_old(store, now)
    return tick(store, now)


def start(store: Store, now: int) -> None:
    """Begin to send what is due by now, unless this process is at it; a thread for each subscription."""
    for subscription_id, waiting in _by_subscription(notification_queue.due(store, now)).items():
        with _lock:
            if subscription_id in _sending or len(_sending) >= _AT_ONCE:
                continue
            thread = threading.Thread(
                target=_send_all,
                args=(store, subscription_id, waiting),
                name="pacc-notifications",
                daemon=True,
            )
            _sending[subscription_id] = thread
        try:
            thread.start()
        except RuntimeError:  # the program is ending: the farewell is to come
            _sending.pop(subscription_id, None)
            return


def finish(seconds: float) -> bool:
    """Wait until what this process has begun to send is settled, so many seconds at most; say whether it is."""
    until = time.monotonic() + seconds
    while threads := list(_sending.values()):
        threads[0].join(max(0.0, until - time.monotonic()))
        if time.monotonic() >= until:
            return not _sending
    return True


def _by_subscription(found: list[Notification]) -> dict[UUID, list[Notification]]:
    grouped: dict[UUID, list[Notification]] = {}
    for each in found:
        grouped.setdefault(each.subscription_id, []).append(each)
    return grouped


def _send_all(store: Store, subscription_id: UUID, waiting: list[Notification]) -> None:
    try:
        for each in waiting:
            if not _send(store, each):
                return  # the rest of it would fail the same way, and waits for the next tick
    except StoreError as error:
        _log.warning("What became of a notification could not be written, so it may be sent again: %s", error)
    finally:
        with _lock:
            _sending.pop(subscription_id, None)


def _send(store: Store, waiting: Notification) -> bool:
    """Try to send one notification, and write down what came of it; say whether the next one may be tried."""
    claimed = notification_queue.claim(store, waiting, clock.now())
    if claimed is None:
        return True
    error = _bounded(lambda: _tell(store, claimed))
    if error is not None and _is_ending():
        notification_queue.put_back(store, claimed)
        return False
    now = clock.now()
    again = notification_queue.settle(store, claimed, error, now)
    if error is not None:
        rest = "given up" if again is None else f"tried again in {(again - now) // 1_000_000} s"
        _log.warning(
            "A notification of flow run %r was not sent (try %d, %s): %s",
            claimed.run_name, claimed.tries, rest, error,
        )  # fmt: skip
    return error is None


def _is_ending() -> bool:
    """Say whether the program has come to its end: imports and threads fail from then on, which is no service's fault."""
    return not threading.main_thread().is_alive()


def _tell(store: Store, notification: Notification) -> str | None:
    from datetime import UTC, datetime  # start-up: most runs are told to nobody

    from pacc.blocks import destinations

    try:
        destinations.tell(store, notification, datetime.now(UTC))
    except Exception as error:  # noqa: BLE001 - whatever a service or a block of someone's raises; it is recorded
        return destinations.reason(error)
    return None


def _bounded(send: Callable[[], str | None]) -> str | None:
    """Call what sends in a thread of its own, and wait for it no longer than is reasonable; return the error."""
    came: list[str | None] = []
    thread = threading.Thread(target=lambda: came.append(send()), name="pacc-notification", daemon=True)
    try:
        thread.start()
    except RuntimeError:  # the program is ending, and waits for what was begun as long as the farewell says
        return send()
    thread.join(LONGEST_SECONDS)
    return came[0] if came else f"nothing came of it within {LONGEST_SECONDS:g} seconds"


LOOP = Loop(
    name=NAME,
    meaning="Tell those who want to know what became of flow runs.",
    tick=_tick_of_house,
    every=300.0,
)
OF_A_SCRIPT = Loop(
    name=NAME,
    meaning=LOOP.meaning,
    tick=tick,
    every=EVERY_SECONDS,
    watches=False,
    elected=False,
)
"""The same in a process that runs flows and will soon be over."""


# -- the end of a program ------------------------------------------------------------------------------------------------


def farewell(store: Store) -> None:
    """Before a program that ran flows ends, send what is due, unless another process does; a few seconds at most.

    Runs whose process is gone are looked for first: there may be no other program for a long time. Another process sends, since a
    program that is ending can start no threads.
    """
    began = time.monotonic()
    with suppress(StoreError):  # who comes next sends it
        if not notification_queue.is_wanted(store):
            return
        finish(FAREWELL_SECONDS)
        reap(store)
        due = notification_queue.next_due(store)
        if due is None or due > clock.now() or leases.is_held_elsewhere(store, NAME):
            return
        _send_elsewhere(store.home, max(0.5, FAREWELL_SECONDS - (time.monotonic() - began)))


def _send_elsewhere(home: Path, seconds: float) -> None:
    import subprocess  # start-up: only where something is to be sent

    from pacc.settings import get_current_settings  # start-up: as above

    settings = get_current_settings().to_environment_variables(exclude_unset=True)
    with suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(  # noqa: S603 - our own module
            [sys.executable or "python3", "-m", __name__, str(home)],
            env={**os.environ, **settings, "PACC_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )


def main(home: Path) -> None:
    """Send what is due in a home, and end."""
    from pacc.store import open_store  # start-up: only where this is a process of its own

    store = open_store(home)
    start(store, clock.now())
    finish(FAREWELL_SECONDS)


def _start_over() -> None:
    """A forked child sends nothing of what its parent has begun."""
    global _lock
    _lock = threading.Lock()
    _sending.clear()


os.register_at_fork(after_in_child=_start_over)

if __name__ == "__main__":
    from pathlib import Path

    main(Path(sys.argv[1]))
