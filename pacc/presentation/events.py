"""Events as a listing, as lines of a stream, and as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.visible import visible
from pacc.presentation.tables import Column, Table, cell
from pacc.presentation.times import ago

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pacc.schemas.events import Event, ReceivedEvent, Resource

COLUMNS = (
    Column(name="Occurred"),
    Column(name="Event", at_least=20, gives_way=True),
    Column(name="Resource", at_least=20, gives_way=True),
    Column(name="Involved", gives_way=True),
)

_COLORS = {
    "Completed": "green", "Failed": "red", "TimedOut": "red", "Crashed": "magenta", "Running": "blue",
}  # fmt: skip


def event_table(events: Iterable[ReceivedEvent], now: datetime) -> Table:
    """Return events as a table, in the order given.

    Args:
        events: what to list.
        now: the moment ages are counted from.
    """
    rows = (
        (
            cell(ago(event.occurred, now)),
            cell(event.event, _COLORS.get(event.event.rpartition(".")[2], "cyan")),
            cell(resource_words(event.resource)),
            cell(", ".join(resource_words(each) for each in event.related)),
        )
        for event in events
    )
    return Table(title="Events", columns=COLUMNS, rows=tuple(rows))


def event_line(event: Event) -> str:
    """Return an event as one line, safe to write."""
    moment = event.occurred.astimezone().strftime("%H:%M:%S.%f")[:-3]
    return visible(f"{moment} | {event.event} | {resource_words(event.resource)}")


def resource_words(resource: Resource) -> str:
    """Return what people call a resource: what kind it is and its name, or else its id.

    >>> from pacc.schemas.events import Resource
    >>> resource_words(Resource({"pacc.resource.id": "pacc.flow-run.1", "pacc.resource.name": "brave-otter"}))
    'flow-run brave-otter'
    >>> resource_words(Resource({"pacc.resource.id": "table.customers"}))
    'table.customers'
    """
    known = dict.__getitem__(resource, "pacc.resource.id")
    if not known.startswith("pacc."):
        return resource.name or known
    kind, _, rest = known.removeprefix("pacc.").partition(".")
    return f"{kind} {resource.name or rest}"


def plain_event(event: ReceivedEvent) -> dict[str, Any]:
    """Return an event as plain data with Prefect's fields."""
    return {
        "id": event.id,
        "occurred": event.occurred,
        "event": event.event,
        "resource": event.resource,
        "related": event.related,
        "payload": event.payload,
        "follows": event.follows,
        "received": event.received,
    }
