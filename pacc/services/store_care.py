"""Care of a store that is in use: what it holds, what is old, and giving room back to the system."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pacc.schemas.store_stats import StoreStats
from pacc.store.columns import moment
from pacc.store.log_files import log_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pacc.store import Store


def stats(store: Store, *, old_before: int, results: Path) -> StoreStats:
    """Return what a store holds and how much room it takes. Counts every row once.

    Args:
        store: the store.
        old_before: what ended before this moment is old, in microseconds since the epoch.
        results: the folder that results are kept in by default.

    Raises:
        StoreError: the store cannot be read.
    """
    store.journal.flush()
    pages, page_size, unused = store.pages()
    runs = store.read("care.flow_runs", {"before": old_before})
    logs, logs_size = _measured(store.home / "logs")
    return StoreStats(
        path=str(store.path),
        size=pages * page_size,
        unused=unused * page_size,
        log_size=_size(f"{store.path}-wal"),
        logs=logs,
        logs_size=logs_size,
        results_size=_measured(results)[1],
        flow_runs={row["state_type"]: row["number"] for row in runs},
        first_run=moment(min((row["first"] for row in runs), default=None)),
        last_run=moment(max((row["last"] for row in runs), default=None)),
        rows={row["noun"]: row["number"] for row in store.read("care.counts")},
        old_flow_runs=sum(row["old"] for row in runs),
        old_task_runs=_old_task_runs(store, old_before),
    )


def old_runs(store: Store, before: int) -> tuple[int, int]:
    """Return how many flow runs, and how many task runs outside of flows, ended before a moment.

    Args:
        store: where they are kept.
        before: the moment, in microseconds since the epoch.
    """
    store.journal.flush()
    flow_runs = store.read("care.old_flow_runs", {"before": before})[0][0]
    return flow_runs, _old_task_runs(store, before)


def old_logs_size(store: Store, before: int) -> int:
    """Return how many bytes the logs of the runs have that `old_runs` counts.

    Args:
        store: where they are kept.
        before: the moment, in microseconds since the epoch.
    """
    return sum(
        _size(str(log_path(store.home, row["id"]))) for row in store.read("care.old_logs", {"before": before})
    )


def _old_task_runs(store: Store, before: int) -> int:
    """Return how many task runs outside of flows ended before a moment."""
    return int(store.read("care.old_task_runs", {"before": before})[0][0])


def vacuum(store: Store, on_progress: Callable[[int, int], None] | None = None) -> int:
    """Give the room that nothing uses back to the system, in steps so short that others may go on writing.

    Args:
        store: the store.
        on_progress: called after each step with how many bytes were given back, and how many there were to give.

    Returns:
        How many bytes the file has shrunk by.

    Raises:
        StoreError: the store cannot be written; what was given back stays given back.
    """
    before, page_size, to_give = store.pages()
    while True:
        pages, _, left = store.pages()
        given = (before - pages) * page_size
        if on_progress is not None:
            on_progress(given, to_give * page_size)
        if not left:
            return given
        store.give_back()
        if store.pages()[2] >= left:
            return given


def _measured(folder: Path) -> tuple[int, int]:
    """How many files a folder holds, at any depth, and how big they are together."""
    count = size = 0
    for path, _, files in os.walk(folder):
        count += len(files)
        size += sum(_size(os.path.join(path, name)) for name in files)
    return count, size


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
