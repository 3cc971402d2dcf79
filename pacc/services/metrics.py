"""The figures that metric triggers compare: how late flow runs start, how long they run, how many of them complete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.jsontext import dumps
from pacc.schemas.events import Resource
from pacc.services.event_rows import FLOW_RUN, involved_in

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from pacc.orchestration.triggers import MetricNode
    from pacc.store import Store

_MOST_RUNS = 10_000
_TERMINAL = frozenset({"COMPLETED", "FAILED", "CANCELLED", "CRASHED"})
_SECOND = 1_000_000


def figure(store: Store, trigger: MetricNode, now: int) -> float | None:
    """Return the figure a metric trigger compares, over the runs of its range that it is about; `None` where there were none.

    Args:
        store: where the runs are.
        trigger: which figure, of which runs.
        now: the present moment in microseconds since the epoch.

    Raises:
        StoreError: the store cannot be read.
    """
    since = now - trigger.range
    rows = store.read("triggers.durations", {"since": since, "now": now, "limit": _MOST_RUNS})
    values = [
        value
        for row in _meant(store, trigger, rows)
        if (value := _VALUES[trigger.name](row, since, now)) is not None
    ]
    if not values:
        return None
    mean = sum(values) / len(values)
    return mean * 100 if trigger.name == "successes" and trigger.threshold > 1 else mean


def _meant(store: Store, trigger: MetricNode, rows: list[sqlite3.Row]) -> Iterator[sqlite3.Row]:
    """Return the runs whose resources a trigger means."""
    if trigger.match.matches_every_resource_of_kind(FLOW_RUN[:-1]) and not trigger.match_related:
        yield from rows
        return
    told = {
        row["id"]: row for row in store.read("events.flow_runs", {"ids": dumps([row["id"] for row in rows])})
    }
    for row in rows:
        run = told.get(row["id"])
        if run is None:
            continue
        resource = Resource({"pacc.resource.id": FLOW_RUN + run["id"], "pacc.resource.name": run["name"]})
        related = involved_in(run)
        if trigger.match.includes([resource, *related]) and all(
            each.includes(related) for each in trigger.match_related
        ):
            yield row


def _success(row: Any, since: int, now: int) -> float | None:
    del now
    if row["state_type"] not in _TERMINAL or (row["end_time"] or 0) < since:
        return None
    return float(row["state_type"] == "COMPLETED")


def _duration(row: Any, since: int, now: int) -> float | None:
    del now
    if row["state_type"] not in _TERMINAL or (row["end_time"] or 0) < since or row["start_time"] is None:
        return None
    return float(row["total_run_time"] / _SECOND)


def _lateness(row: Any, since: int, now: int) -> float | None:
    expected = row["expected_start_time"]
    if expected is None:
        return None
    if row["start_time"] is None:
        return None if row["state_type"] != "SCHEDULED" else max(0, now - expected) / _SECOND
    return None if row["start_time"] < since else max(0, row["start_time"] - expected) / _SECOND


_VALUES = {"successes": _success, "duration": _duration, "lateness": _lateness}
