"""Log lines of many runs, by Prefect's log filters: read from the files of the runs a filter can mean."""

from __future__ import annotations

import re
from heapq import nlargest, nsmallest
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from pacc.schemas.sorting import LogSort
from pacc.services.logs import decode
from pacc.store.filters import Wanted
from pacc.store.filters import select as compiled
from pacc.store.log_files import lines, log_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pacc.schemas.filters import LogFilter
    from pacc.schemas.logs import Log
    from pacc.store import Store


def select(
    store: Store,
    log_filter: LogFilter | None = None,
    *,
    sort: LogSort | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Log]:
    """Return the log lines a filter lets through.

    Args:
        store: the store of the runs; its home has the log files.
        log_filter: which lines; all of them otherwise. Naming runs saves reading the files of all others.
        sort: by time, the oldest first unless it says otherwise.
        limit: so many at most; all otherwise.
        offset: so many are passed over first.

    Raises:
        ValueError: the limit or the offset is negative.
    """
    if offset < 0 or (limit is not None and limit < 0):
        raise ValueError(f"limit and offset count lines from 0 on, not {limit!r} and {offset!r}")
    matches = _test(log_filter)
    found = (log for run_id in _runs(store, log_filter) for log in _lines(store, run_id) if matches(log))
    return _sorted(found, sort, None if limit is None else offset + limit)[offset:]


def _sorted(found: Iterator[Log], sort: LogSort | None, most: int | None) -> list[Log]:
    """Lines said in the same microsecond keep the order they were written in."""
    newest_first = sort is LogSort.TIMESTAMP_DESC
    if most is not None:
        return (nlargest if newest_first else nsmallest)(most, found, key=_time)
    return sorted(found, key=_time, reverse=newest_first)


def _time(log: Log) -> Any:
    return log.timestamp


def _lines(store: Store, run_id: str) -> Iterator[Log]:
    return (decode(run_id, start, line) for start, line in lines(log_path(store.home, run_id)))


# -- which files -------------------------------------------------------------------------------------------------------


def _runs(store: Store, log_filter: LogFilter | None) -> Iterable[str]:
    """Return the ids of the runs whose files can hold what is wanted: files are named by them."""
    if log_filter is not None and log_filter.operator == "and_":
        if log_filter.flow_run_id is not None and log_filter.flow_run_id.any_ is not None:
            return sorted({str(identity) for identity in log_filter.flow_run_id.any_})
        if log_filter.task_run_id is not None and log_filter.task_run_id.any_ is not None:
            return _files_of_task_runs(store, log_filter.task_run_id.any_)
    return sorted(path.stem for path in (store.home / "logs").glob("*.jsonl") if _is_id(path))


def _files_of_task_runs(store: Store, task_run_ids: list[UUID]) -> Iterable[str]:
    """Return where task runs log: in the file of their flow run, or in their own outside of flows."""
    from pacc.schemas.filters import TaskRunFilter, TaskRunFilterId  # start-up

    store.journal.flush()
    query = compiled("task_run", Wanted(task_runs=TaskRunFilter(id=TaskRunFilterId(any_=task_run_ids))))
    rows = store.read_sql(query.sql, query.values)
    return sorted({row["flow_run_id"] or row["id"] for row in rows})


def _is_id(path: Path) -> bool:
    try:
        return str(UUID(path.stem)) == path.stem
    except ValueError:
        return False


# -- which lines -------------------------------------------------------------------------------------------------------


def _test(log_filter: LogFilter | None) -> Callable[[Log], bool]:
    if log_filter is None:
        return lambda _log: True
    tests = [_PARTS[name](part) for name, part in log_filter.given().items()]
    if log_filter.operator == "or_" and tests:
        return lambda log: any(test(log) for test in tests)
    return lambda log: all(test(log) for test in tests)


def _between(lowest: Any, highest: Any, of: Callable[[Log], Any]) -> Callable[[Log], bool]:
    return lambda log: (lowest is None or of(log) >= lowest) and (highest is None or of(log) <= highest)


def _one_of(values: Iterable[UUID] | None, of: Callable[[Log], Any]) -> Callable[[Log], bool]:
    wanted = None if values is None else frozenset(values)
    return lambda log: wanted is None or of(log) in wanted


_PARTS: dict[str, Callable[[Any], Callable[[Log], bool]]] = {
    "level": lambda part: _between(part.ge_, part.le_, lambda log: log.level),
    "timestamp": lambda part: _between(part.after_, part.before_, lambda log: log.timestamp),
    "flow_run_id": lambda part: _one_of(part.any_, lambda log: log.flow_run_id),
    "task_run_id": lambda part: _one_of(part.any_, lambda log: log.task_run_id),
    "text": lambda part: _search(part.query),
}


class Terms(NamedTuple):
    """A text search, taken apart: all lower-case."""

    any_of: tuple[str, ...]
    all_of: tuple[str, ...]
    none_of: tuple[str, ...]


_TERM = re.compile(r"""([+!-]?)(?:"([^"]*)"?|(\S+))""")


def terms(query: str) -> Terms:
    """Take a search apart: words of which one must be there, `+words` that must, `-words` or `!words` that must not.

    >>> terms('timeout "connection refused" +api -debug')
    Terms(any_of=('timeout', 'connection refused'), all_of=('api',), none_of=('debug',))
    """
    found: dict[str, list[str]] = {"": [], "+": [], "-": []}
    for sign, phrase, word in _TERM.findall(query.lower()):
        if phrase or word:
            found["-" if sign == "!" else sign].append(phrase or word)
    return Terms(tuple(found[""]), tuple(found["+"]), tuple(found["-"]))


def _search(query: str) -> Callable[[Log], bool]:
    any_of, all_of, none_of = terms(query)

    def matches(log: Log) -> bool:
        said = f"{log.name}\n{log.message}".lower()
        return (
            (not any_of or any(term in said for term in any_of))
            and all(term in said for term in all_of)
            and not any(term in said for term in none_of)
        )

    return matches
