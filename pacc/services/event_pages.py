"""Events a page at a time: what comes next is said by a text that holds the filter and the last event that was shown."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc._internal.jsontext import dumps
from pacc.exceptions import InvalidValueError
from pacc.schemas.event_filters import EventFilter, EventOccurredFilter
from pacc.schemas.event_pages import EventPage
from pacc.services import events

if TYPE_CHECKING:
    from pacc.schemas.criteria import Criteria
    from pacc.store import Store

_BEGINNING = "/api/events/filter/next?page-token="
"""The page is to be had there over `pacc api`, too."""


def first(store: Store, wanted: EventFilter | None, *, limit: int) -> EventPage:
    """Return the first page of what a filter means; what happens from now on is on none of its pages.

    Args:
        store: where events are kept.
        wanted: which; all by default.
        limit: so many at most on each page.

    Raises:
        StoreError: the store cannot be read.

    Example:
        >>> first(store, None, limit=10).events  # doctest: +SKIP
    """
    given = {} if wanted is None else {name: getattr(wanted, name) for name in EventFilter.fields}
    asked = given.get("occurred")
    until = (asked and asked.until) or clock.to_datetime(clock.now())
    since = asked.since if asked else None
    given["occurred"] = EventOccurredFilter(since=since, until=until)
    return _page(store, EventFilter(**given), limit, {})


def following(store: Store, address: str) -> EventPage:
    """Return the page that another one says comes next.

    Raises:
        InvalidValueError: no page says so.
        StoreError: the store cannot be read.
    """
    try:
        told = json.loads(base64.urlsafe_b64decode(address.removeprefix(_BEGINNING)))
        wanted, limit, begin = EventFilter(**told["filter"]), int(told["limit"]), dict(told["begin"])
    except (ValueError, TypeError, KeyError):
        raise InvalidValueError(
            f"{address[:80]!r} leads to no page of events", hint="Take `next_page` of another one."
        ) from None
    return _page(store, wanted, limit, begin)


def _page(store: Store, wanted: EventFilter, limit: int, begin: dict[str, Any]) -> EventPage:
    after, offset = begin.get("after"), int(begin.get("offset", 0))
    found = events.select(
        store,
        wanted,
        limit=limit + 1,
        offset=offset,
        after=None if after is None else (int(after[0]), int(after[1])),
    )
    count = partial(events.count, store, wanted)
    if len(found) <= limit:
        return EventPage(events=found, count=count)
    shown = found[:limit]
    if _is_told_by_its_last(wanted) and shown:
        begin = {"after": [clock.from_datetime(shown[-1].occurred), shown[-1].seq]}
    else:
        begin = {"offset": offset + limit}
    token = dumps({"filter": _plain(wanted), "limit": limit, "begin": begin})
    following = _BEGINNING + base64.urlsafe_b64encode(token.encode()).decode()
    return EventPage(events=shown, next_page=following, count=count)


def _is_told_by_its_last(wanted: EventFilter) -> bool:
    """Say whether what comes next follows from the last event shown, and not from all that were."""
    is_distinct = wanted.resource is not None and wanted.resource.distinct
    by_id = wanted.id is not None and bool(wanted.id.id)
    return not (is_distinct or by_id or events.asks_for_task_runs(wanted))


def _plain(value: Any) -> Any:
    """Return a filter as JSON can say it, such that it can be made again of that."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if hasattr(value, "given"):
        criteria: Criteria = value
        return {name: _plain(each) for name, each in criteria.given().items()}
    return value if value is None or isinstance(value, bool | int | float) else str(value)
