"""One piece of tidying up after another: runs that ended long ago go, with all that belongs to them, and so do old events.

A tick does one short piece and asks to come again soon while there is more, so that the other loops of the thread are not held up.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from pacc._internal import clock
from pacc.loops.loop import Loop
from pacc.results import delete_kept
from pacc.schemas.retention import Removed
from pacc.services import automations, events, retention
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from pathlib import Path

    from pacc.schemas.results import KeptResult
    from pacc.store import Store

_EVERY_SECONDS = 3600.0
_PIECE_APART = 50_000
_STEADY_FOR = 900_000_000
_STEADY_WITHIN = 60_000_000
_MICROSECOND = timedelta(microseconds=1)

_steady: dict[Path, tuple[int, int]] = {}
"""For each home, by how much the wall clock was ahead of the clock of durations, and since when that is so."""


def tick(store: Store, now: int) -> int | None:
    """Remove one piece of what is old; return when to come again, which is soon where something was removed.

    Raises:
        StoreError: the store cannot be used. OSError: a file cannot be removed. The next tick tries again.
    """
    if (soon := _not_before(store, now)) is not None:
        return soon
    removed = prune(store, now)
    if not removed:
        return None
    logging.getLogger("pacc.retention").info(
        "Deleted %d flow runs and %d task runs that ended long ago, %d log files, %d results, %d artifacts and %d events",
        removed.flow_runs,
        removed.task_runs,
        removed.logs,
        removed.results,
        removed.artifacts,
        removed.events,
    )
    return now + _PIECE_APART


def _not_before(store: Store, now: int) -> int | None:
    """Return when it is safe to delete, `None` where it is now: once the clock has gone on steadily for a while.

    A clock that is a year ahead for a moment, as when a machine boots, must not cost the runs of a year.
    """
    drift = now - int(clock.monotonic() * 1_000_000)
    before, since = _steady.get(store.home, (None, now))
    if before is None or abs(drift - before) > _STEADY_WITHIN:
        since = now
    _steady[store.home] = (drift, since)
    wait = since + _STEADY_FOR - now
    return now + wait if wait > 0 else None


def prune(store: Store, now: int) -> Removed:
    """Remove one piece of what the settings say is old, and say what it was; nothing where nothing is left.

    Args:
        store: where runs are kept.
        now: the present moment in microseconds since the epoch.

    Raises:
        StoreError: the store cannot be used. OSError: a file cannot be removed.

    Example:
        >>> while removed := prune(store, clock.now()):  # doctest: +SKIP
        ...     print(removed)
    """
    settings = get_current_settings()
    kept = settings.retention
    before = now - kept.flow_runs // _MICROSECOND
    removed = (
        retention.prune_flow_runs(store, before)
        or retention.prune_task_runs(store, before)
        or retention.prune_artifacts(store, before)
    )
    if not removed and kept.logs is not None:
        removed = retention.prune_logs(store, now - kept.logs // _MICROSECOND)
    if not removed and kept.results:
        removed = _prune_results(store, before)
    if not removed:
        events.forget_the_dead(store)
        old = now - settings.server.events.retention_period // _MICROSECOND
        removed = Removed(events=events.prune(store, old))
        automations.prune(store, old)
    return removed


def _prune_results(store: Store, before: int) -> Removed:
    """Remove results whose runs are gone, except those that a later run reused and those that lie on other machines."""
    found = retention.left_results(store, before)
    reused = retention.reused_results(store) if found else set()
    while found:
        old = [each for each in found if _may_go(each) and (each.storage, each.key) not in reused]
        for each in old:
            delete_kept(store, each)
        if old:
            return Removed(results=len(old))
        found = retention.left_results(store, before, after=found[-1])
    return Removed()


def _may_go(kept: KeptResult) -> bool:
    """Only folders of this machine: reaching others takes time, and credentials this process may not have."""
    return kept.storage.startswith("/")


LOOP = Loop(
    name="retention",
    meaning="Delete runs that ended long ago, with their logs and results.",
    tick=tick,
    every=_EVERY_SECONDS,
    watches=False,
    enabled=lambda settings: settings.retention.enabled,
)
