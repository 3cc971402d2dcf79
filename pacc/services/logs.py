"""What runs logged: read from their log files, whole, in part, or while they are still being written."""

from __future__ import annotations

import json
import time
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal.clock import to_datetime
from pacc._internal.ids import derived_id
from pacc.schemas.logs import Log
from pacc.services import flow_runs
from pacc.store.log_files import lines, lines_backwards, log_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pacc.store import Store

DAMAGED = "pacc.damaged"
"""The logger's name of a line that is not as it was written."""

POLL = 0.1
"""Seconds between two looks at a log that is followed."""

_WARNING = 30


def read(
    store: Store,
    flow_run_id: UUID | str,
    *,
    task_run_id: UUID | str | None = None,
    level: int | None = None,
    head: int | None = None,
    tail: int | None = None,
    reverse: bool = False,
    offset: int = 0,
) -> list[Log]:
    """Return lines of a flow run's log, its task runs' lines among them.

    Args:
        store: where the run is kept.
        flow_run_id: the run; a task run outside of flows has a log under its own id.
        task_run_id: only lines of this task run.
        level: only lines at least this serious.
        head: only so many lines, the oldest ones, or with `reverse` the newest.
        tail: only so many lines, the newest ones.
        reverse: the newest line first.
        offset: lines to pass over first, counted from the side reading starts at.

    Raises:
        ValueError: an id is no UUID, or both `head` and `tail` are given.
    """
    if head is not None and tail is not None:
        raise ValueError("a log is read from its head or from its tail, not from both")
    backwards = reverse or tail is not None
    path = log_path(store.home, flow_run_id)
    found = select(
        (lines_backwards if backwards else lines)(path), flow_run_id, task_run_id=task_run_id, level=level
    )
    limit = head if tail is None else tail
    logs = list(islice(found, offset, None if limit is None else offset + limit))
    if backwards and not reverse:
        logs.reverse()
    return logs


def follow(
    store: Store,
    flow_run_id: UUID | str,
    poll: float = POLL,
    *,
    task_run_id: UUID | str | None = None,
    level: int | None = None,
    tail: int | None = None,
    finished: Callable[[], bool] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Log]:
    """Yield the lines of a flow run's log as they are written, until the run has ended and every line was seen.

    Args:
        store: where the run is kept.
        flow_run_id: the run.
        poll: seconds between two looks at the file.
        task_run_id: only lines of this task run.
        level: only lines at least this serious.
        tail: of the lines already there, only so many.
        finished: says whether the run has ended, where it is not enough to ask the store.
        sleep: how to wait.
    """
    path = log_path(store.home, flow_run_id)
    has_ended = finished or (lambda: _has_ended(store, flow_run_id))
    position = 0 if tail is None else _start_of_tail(path, tail, flow_run_id, task_run_id, level)
    ended = over = False
    while not over:
        # One more round after the run has ended: it says how just after that is stored.
        over, ended = ended, ended or has_ended()
        for start, line in lines(path, position):
            position = start + len(line) + 1
            log = decode(flow_run_id, start, line)
            if _wanted(log, task_run_id, level):
                yield log
        if not over:
            sleep(poll)


def select(
    found: Iterable[tuple[int, bytes]],
    flow_run_id: UUID | str,
    *,
    task_run_id: UUID | str | None = None,
    level: int | None = None,
) -> Iterator[Log]:
    """Yield the records of those lines of a log file that are wanted."""
    for start, line in found:
        log = decode(flow_run_id, start, line)
        if _wanted(log, task_run_id, level):
            yield log


def decode(flow_run_id: UUID | str, start: int, line: bytes) -> Log:
    """Return the record of a line that starts at a byte of a run's log file; a damaged line keeps its text as the message."""
    try:
        fields = json.loads(line)
        when = to_datetime(fields["t"])
        return Log(
            id=UUID(derived_id(str(flow_run_id), start)),
            name=fields["logger"],
            level=int(fields["level"]),
            message=str(fields["message"]),
            timestamp=when,
            created=when,
            flow_run_id=_uuid(str(flow_run_id)),
            task_run_id=_uuid(fields.get("task_run_id")),
            task_run_name=fields.get("task_run_name"),
            extra=fields.get("extra"),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return _damaged(flow_run_id, start, line)


def _damaged(flow_run_id: UUID | str, start: int, line: bytes) -> Log:
    return Log(
        id=UUID(derived_id(str(flow_run_id), start)),
        name=DAMAGED,
        level=_WARNING,
        message=line.decode("utf-8", "backslashreplace"),
        timestamp=to_datetime(0),
        flow_run_id=_uuid(str(flow_run_id)),
    )


def _wanted(log: Log, task_run_id: UUID | str | None, level: int | None) -> bool:
    return (level is None or log.level >= level) and (
        task_run_id is None or str(log.task_run_id) == str(task_run_id)
    )


@lru_cache(maxsize=1024)
def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _start_of_tail(path: Path, count: int, flow_run_id: Any, task_run_id: Any, level: int | None) -> int:
    """Return the offset at which the last `count` of the lines that are wanted start."""
    found = 0
    for start, line in lines_backwards(path):
        if found == count:
            return start + len(line) + 1
        found += _wanted(decode(flow_run_id, start, line), task_run_id, level)
    return 0


def _has_ended(store: Store, flow_run_id: Any) -> bool:
    state = flow_runs.read(store, flow_run_id).state
    return state is not None and state.is_final()
