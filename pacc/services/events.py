"""Events: recorded, listed, followed, forgotten when they are old.

What code says is recorded by `record`; what happens to runs and other nouns is recorded by triggers of the store itself.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal import clock, sessions
from pacc._internal.aliases import canonical
from pacc._internal.ids import derived_id, new_id
from pacc._internal.jsontext import dumps
from pacc._internal.redaction import has_secrets, redact
from pacc.exceptions import EventTooLarge, InvalidValueError, ObjectNotFound
from pacc.schemas.event_filters import EventFilter, EventOrder, own_id
from pacc.schemas.events import RESOURCE_ID, ReceivedEvent
from pacc.services.event_rows import TASK_RUN, events_of, id_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

    from pacc.schemas.events import Event
    from pacc.settings import Settings
    from pacc.store import Store
    from pacc.store.database import Transaction

_PAGE = 500
_PRUNED_AT_ONCE = 5000
_EARLIEST, _LATEST = -(1 << 62), 1 << 62
_SPECIAL = "*?["


class _Row:
    """An event on its way to the store."""

    __slots__ = ("_row",)

    def __init__(self, row: tuple[object, ...]) -> None:
        self._row = row

    def journal_row(self) -> tuple[object, ...]:
        return self._row


class Tail:
    """Follows what happens: hands over, each time it is asked, what a filter means of the events stored since.

    Args:
        store: where events are kept.
        wanted: which; all by default. Those since its `occurred.since` come first, or else those stored from now on.

    Example:
        >>> tail = Tail(store, EventFilter(event={"prefix": ["prefect.flow-run."]}))  # doctest: +SKIP
        >>> tail.take()  # doctest: +SKIP
    """

    def __init__(self, store: Store, wanted: EventFilter | None = None) -> None:
        self._store = store
        self._wanted = wanted or EventFilter()
        self._version: int | None = None
        self._interest = take_interest(store) if may_be_of_task_runs(self._wanted) else None
        self._seq = last_seq(store)
        self._earlier = self._stored_before()

    def take(self) -> list[ReceivedEvent]:
        """Return what is new, at once; nothing where nothing is.

        Raises:
            StoreError: the store cannot be read.
        """
        if self._earlier:
            earlier, self._earlier = self._earlier, []
            return earlier
        version = self._store.data_version()
        if version == self._version:
            return []
        events = after(self._store, self._seq)
        if events:
            self._seq = events[-1].seq
        if len(events) < _PAGE:
            self._version = version
        return [event for event in events if self._wanted.includes(event)]

    def close(self) -> None:
        """Follow no longer."""
        if self._interest is not None:
            lose_interest(self._store, self._interest)
            self._interest = None

    def _stored_before(self) -> list[ReceivedEvent]:
        occurred = self._wanted.occurred
        if occurred is None or occurred.since is None:
            return []
        since = EventFilter(occurred=occurred, order=EventOrder.ASC)
        return [
            event
            for event in _every(self._store, since)
            if event.seq <= self._seq and self._wanted.includes(event)
        ]


def record(store: Store, event: Event, *, largest: int | None = None) -> None:
    """Hand an event to the journal, which has it in the store a moment later.

    Args:
        store: where it is kept.
        event: what happened. Secrets that this process knows are masked in it.
        largest: how many bytes its labels, related resources and payload may take as JSON.

    Raises:
        EventTooLarge: they take more.
        StoreError: an earlier writing of the journal failed; the event is kept for the next.
    """
    row = journal_row(event)
    if largest is not None:
        size = len(row[3]) + sum(len(text) for text in row[5:8] if text)
        if size > largest:
            raise EventTooLarge(f'the event "{event.event}" takes {size:,} bytes; {largest:,} are allowed')
    store.journal.put("events.record_batch", str(row[0]), _Row(row))


def check(event: Event, settings: Settings) -> None:
    """See whether an event keeps to what the settings allow it to tell.

    Raises:
        InvalidValueError: it does not.
    """
    limits = settings.server.events
    if len(event.event) > limits.maximum_event_name_length:
        raise InvalidValueError(
            f"its name has {len(event.event):,} characters; {limits.maximum_event_name_length:,} are allowed"
        )
    if len(event.related) > limits.maximum_related_resources:
        raise InvalidValueError(
            f"it has {len(event.related):,} related resources; {limits.maximum_related_resources:,} are allowed"
        )
    most = max(map(len, event.involved_resources))
    if most > limits.maximum_labels_per_resource:
        raise InvalidValueError(
            f"a resource has {most:,} labels; {limits.maximum_labels_per_resource:,} are allowed"
        )


def journal_row(event: Event) -> tuple[Any, ...]:
    """Return the row of an event for `events.record_batch`."""
    labels = {label: value for label, value in dict.items(event.resource) if label != RESOURCE_ID}
    texts = [
        dumps(labels) if labels else None,
        dumps([dict(each) for each in event.related]) if event.related else None,
        dumps(event.payload) if event.payload else None,
    ]
    if has_secrets():
        texts = [text and redact(text) for text in texts]
    return (
        str(event.id),
        clock.from_datetime(event.occurred),
        clock.now(),
        canonical(event.event),
        own_id(event.resource),
        *texts,
        None if event.follows is None else str(event.follows),
    )


def select(
    store: Store,
    wanted: EventFilter | None = None,
    *,
    limit: int = 50,
    offset: int = 0,
    after: tuple[int, int] | None = None,
) -> list[ReceivedEvent]:
    """Return events, the latest first unless the filter says otherwise.

    The states of task runs are among them where somebody wanted to know when they happened; they are worked out from the task
    runs that were made last where the filter asks for their events by name.

    Args:
        store: where they are kept.
        wanted: which; all by default.
        limit: so many at most.
        offset: leave out so many first.
        after: begin behind the event that occurred then, in microseconds since the epoch, and has that `seq`.

    Raises:
        StoreError: the store cannot be read.

    Example:
        >>> select(store, EventFilter(event={"prefix": ["prefect.flow-run."]}), limit=5)  # doctest: +SKIP
    """
    wanted = wanted or EventFilter()
    found: list[ReceivedEvent] = []
    seen: set[str] = set()
    for event in _every(store, wanted, after):
        if not wanted.includes(event) or _is_repeated(wanted, event, seen):
            continue
        found.append(event)
        if len(found) >= limit + offset:
            break
    if asks_for_task_runs(wanted):
        found = _with_task_runs(store, wanted, found, limit + offset)
    return found[offset : offset + limit]


def read(store: Store, event_id: UUID) -> ReceivedEvent:
    """Return the event of that id.

    Raises:
        ObjectNotFound: there is none, or it is gone.
    """
    for event in _of_id(store, event_id):
        return event
    raise ObjectNotFound(f"no event {event_id}", hint="pacc events ls")


def last_seq(store: Store) -> int:
    """Return the place of the newest event in the order in which events were stored; 0 before the first one."""
    rows = store.read("events.last")
    return int(rows[0]["seq"]) if rows else 0


def after(store: Store, seq: int, *, limit: int = _PAGE) -> list[ReceivedEvent]:
    """Return the events that were stored after a place, in that order.

    Args:
        store: where they are kept.
        seq: the `seq` of the last event that was seen.
        limit: so many at most.
    """
    return events_of(store, store.read("events.after", {"seq": seq, "limit": limit}))


def of_rows(store: Store, rows: list[sqlite3.Row]) -> list[ReceivedEvent]:
    """Return the events that rows of `events.after` stand for."""
    return events_of(store, rows) if rows else []


def record_in(changes: Transaction, event: Event) -> None:
    """Write an event within a transaction."""
    names = (
        "id",
        "occurred",
        "received",
        "event",
        "resource_id",
        "resource",
        "related",
        "payload",
        "follows",
    )
    changes.run("events.insert", dict(zip(names, journal_row(event), strict=True)))


def plain(event: Event) -> dict[str, Any]:
    """Return an event as plain data, in pacc's spelling."""
    received = event.received if isinstance(event, ReceivedEvent) else event.occurred
    return {
        "id": str(event.id),
        "occurred": event.occurred.isoformat(),
        "received": received.isoformat(),
        "event": canonical(event.event),
        "resource": dict(dict.items(event.resource)),
        "related": [dict(dict.items(each)) for each in event.related],
        "payload": event.payload,
        "follows": None if event.follows is None else str(event.follows),
    }


def from_plain(told: Mapping[str, Any]) -> ReceivedEvent:
    """Return the event that plain data tells; what is missing is made up, as where an event is made.

    Raises:
        ValueError: it tells no event.

    Example:
        >>> from_plain({"event": "a.b", "resource": {"prefect.resource.id": "t"}}).event
        'a.b'
    """
    given: dict[str, Any] = {
        name: told[name] for name in ("event", "resource", "related", "payload") if told.get(name)
    }
    for name in ("occurred", "received"):
        if told.get(name):
            given[name] = datetime.fromisoformat(str(told[name]))
    for name in ("id", "follows"):
        if told.get(name):
            given[name] = UUID(str(told[name]))
    given.setdefault("event", "")
    given.setdefault("resource", {})
    return ReceivedEvent(**given)


def prune(store: Store, before: int) -> int:
    """Forget some events that occurred before a moment, in microseconds since the epoch, and return how many.

    Raises:
        StoreError: the store cannot be used.
    """
    return len(store.write("events.prune", {"before": before, "limit": _PRUNED_AT_ONCE}))


def take_interest(store: Store) -> str:
    """Have the states of task runs recorded as events until `lose_interest`, or this process ends; return whom to name then."""
    holder = new_id()
    store.write("events.take_interest", {"holder": holder, "session": sessions.current(store.home).id})
    return holder


def lose_interest(store: Store, holder: str) -> None:
    """Have the states of task runs no longer recorded on that account."""
    store.write("events.lose_interest", {"holder": holder})


def forget_the_dead(store: Store) -> None:
    """Take processes that are gone out of those who want to know of task runs."""
    for row in store.read("events.interested"):
        if not sessions.is_alive(store.home, row["session"]):
            lose_interest(store, row["holder"])


def may_be_of_task_runs(wanted: EventFilter) -> bool:
    """Say whether events of task runs could be among those a filter means."""
    names = wanted.event
    if names is None or not (names.prefix or names.name):
        return True
    for each in [*(names.prefix or ()), *(names.name or ())]:
        beginning = _beginning(canonical(each))
        if beginning.startswith(TASK_RUN) or TASK_RUN.startswith(beginning):
            return True
    return False


def count(store: Store, wanted: EventFilter | None = None) -> int:
    """Return how many events a filter means, by looking at all of them.

    Raises:
        StoreError: the store cannot be read.
    """
    wanted = wanted or EventFilter()
    seen: set[str] = set()
    return sum(
        1
        for event in _every(store, wanted)
        if wanted.includes(event) and not _is_repeated(wanted, event, seen)
    )


def _every(
    store: Store, wanted: EventFilter, after: tuple[int, int] | None = None
) -> Iterator[ReceivedEvent]:
    """Return what may be meant, a page at a time, in the order asked for, behind an event of that time and `seq`."""
    if wanted.id is not None and wanted.id.id:
        for each in wanted.id.id:
            yield from _of_id(store, each)
        return
    ascending = wanted.order is EventOrder.ASC
    statement = "events.oldest" if ascending else "events.newest"
    asked = _asked(wanted)
    occurred, seq = after or (_EARLIEST if ascending else _LATEST, 0)
    asked |= {"occurred": occurred, "seq": seq, "limit": _PAGE}
    while True:
        rows = store.read(statement, asked)
        yield from events_of(store, rows)
        if len(rows) < _PAGE:
            return
        asked |= {"occurred": rows[-1]["occurred"], "seq": rows[-1]["seq"]}


def _asked(wanted: EventFilter) -> dict[str, object]:
    """What the store can narrow a search to before anything is made of its rows."""
    occurred, names, resource = wanted.occurred, wanted.event, wanted.resource
    beginnings: list[str] | None = None
    if names is not None and (names.prefix or names.name):
        patterns = names.prefix or names.name or []
        beginnings = [canonical(each) if names.prefix else _beginning(canonical(each)) for each in patterns]
    since = occurred.since if occurred else None
    until = occurred.until if occurred else None
    return {
        "since": _EARLIEST if since is None else clock.from_datetime(since),
        "until": _LATEST if until is None else clock.from_datetime(until),
        "names": beginnings and dumps(beginnings),
        "prefixes": _list_text(resource.id_prefix if resource else None),
        "resources": _list_text(resource.id if resource else None),
    }


def _list_text(names: list[str] | None) -> str | None:
    return dumps([canonical(each) for each in names]) if names else None


def _beginning(pattern: str) -> str:
    """Return what everything begins with that a pattern matches.

    >>> _beginning("pacc.flow-run.*"), _beginning("!x")
    ('pacc.flow-run.', '')
    """
    if pattern.startswith("!"):
        return ""
    ends = [at for at in map(pattern.find, _SPECIAL) if at >= 0]
    return pattern[: min(ends, default=len(pattern))]


def _is_repeated(wanted: EventFilter, event: ReceivedEvent, seen: set[str]) -> bool:
    if wanted.resource is None or not wanted.resource.distinct:
        return False
    resource = own_id(event.resource)
    repeated = resource in seen
    seen.add(resource)
    return repeated


def _of_id(store: Store, event_id: UUID) -> list[ReceivedEvent]:
    text = str(event_id)
    milliseconds = event_id.int >> 80
    asked = {
        "id": text, "beginning": text[:18], "since": milliseconds * 1000, "until": (milliseconds + 1) * 1000,
    }  # fmt: skip
    return events_of(store, [row for row in store.read("events.by_id", asked) if id_of(row) == text])


def asks_for_task_runs(wanted: EventFilter) -> bool:
    """Say whether a filter asks for the states of task runs by name, so that they are worked out."""
    names = wanted.event
    asked = [*(names.prefix or ()), *(names.name or ())] if names is not None else []
    return any(canonical(each).startswith(TASK_RUN[:-1]) for each in asked)


def _with_task_runs(
    store: Store, wanted: EventFilter, found: list[ReceivedEvent], limit: int
) -> list[ReceivedEvent]:
    """Return what was found together with the states of task runs that are in no row of their own."""
    since = _asked(wanted)["since"]
    told = {event.id for event in found}
    runs = store.read("events.latest_task_runs", {"since": since, "limit": limit})
    rows: list[Any] = [row for run in runs for row in _rows_of(run)]
    worked_out = [
        event for event in events_of(store, rows) if event.id not in told and wanted.includes(event)
    ]
    ascending = wanted.order is EventOrder.ASC
    return sorted([*found, *worked_out], key=lambda event: event.occurred, reverse=not ascending)[:limit]


def _rows_of(run: sqlite3.Row) -> Iterator[dict[str, Any]]:
    for number, text in enumerate(run["history"].split("\n"), 1):
        line = json.loads(text)
        yield {
            "seq": 0, "id": derived_id(run["id"], number), "occurred": line["t"], "received": None,
            "event": TASK_RUN + line["name"], "resource_id": TASK_RUN + run["id"], "version": number,
        }  # fmt: skip
