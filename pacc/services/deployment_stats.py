"""How the runs of a deployment went over a stretch of time, counted where they were due."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from pacc._internal.clock import from_datetime, to_datetime
from pacc.exceptions import InvalidValueError
from pacc.schemas.deployment_stats import DeploymentStats, RunsOfStretch, Spread
from pacc.services import deployments

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from pacc.store import Store

_ENDED = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})


def read(
    store: Store, deployment_id: UUID | str, since: datetime, until: datetime, parts: int
) -> DeploymentStats:
    """Return how the runs of a deployment went that were due in a stretch of time.

    Args:
        store: where they are kept.
        deployment_id: the deployment.
        since: when the stretch begins.
        until: when it ends.
        parts: in how many equal parts it is told besides the whole.

    Raises:
        ObjectNotFound: there is no such deployment. InvalidValueError: the stretch ends before it begins.

    Example:
        >>> read(store, deployment.id, week_ago, now, 24).whole.success  # doctest: +SKIP
        0.979
    """
    found = deployments.read(store, deployment_id)
    begin, end = from_datetime(since), from_datetime(until)
    if end <= begin:
        raise InvalidValueError("the stretch ends before it begins")
    store.journal.flush()
    values = {"deployment_id": str(found.id), "since": begin, "until": end}
    rows = store.read("overview.runs_of_deployment", values)
    width = -(-(end - begin) // parts)
    groups: list[list[sqlite3.Row]] = [[] for _ in range(parts)]
    for row in rows:
        groups[(row["due"] - begin) // width].append(row)
    return DeploymentStats(
        deployment_id=found.id,
        deployment=found.full_name,
        whole=_told(rows, begin, end),
        parts=tuple(
            _told(group, begin + place * width, min(end, begin + (place + 1) * width))
            for place, group in enumerate(groups)
        ),
    )


def _told(rows: Sequence[sqlite3.Row], begin: int, end: int) -> RunsOfStretch:
    states = Counter(row["state_type"] for row in rows)
    return RunsOfStretch(
        since=to_datetime(begin),
        until=to_datetime(end),
        completed=states["COMPLETED"],
        failed=states["FAILED"],
        crashed=states["CRASHED"],
        cancelled=states["CANCELLED"],
        others=sum(count for kind, count in states.items() if kind not in _ENDED),
        took=_spread([row["total_run_time"] for row in rows if row["state_type"] == "COMPLETED"]),
        late=_spread(
            [max(0, row["start_time"] - row["due"]) for row in rows if row["start_time"] is not None]
        ),
    )


def _spread(microseconds: list[int]) -> Spread | None:
    if not microseconds:
        return None
    ordered = sorted(microseconds)
    last = len(ordered) - 1
    return Spread(
        median=timedelta(microseconds=ordered[last // 2]),
        p95=timedelta(microseconds=ordered[last * 19 // 20]),
        longest=timedelta(microseconds=ordered[last]),
        count=len(ordered),
    )
