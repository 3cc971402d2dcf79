"""Events as a listing, as lines of a stream, and as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.visible import visible
from pacc.presentation.as_json import json_text
from pacc.presentation.fitting import Fit
from pacc.presentation.tables import Cell, Column, Description, Table, cell
from pacc.presentation.times import ago, clock_time, local

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
            cell(event.event, _color(event.event)),
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


# ------------------------------------------------------------------------------------------ on a screen

LIST_COLUMNS = (
    Fit("when", 11),
    Fit("event", 22, grows=1),
    Fit("resource", 20, grows=3),
    Fit("involved", 16, grows=3, goes=1),
)
"""The columns of a list of events."""


def listed_cells(event: ReceivedEvent, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return an event as a row of `LIST_COLUMNS`."""
    del glyphs
    name = event.event
    return (
        cell(clock_time(event.occurred, now), "bright_black"),
        cell(name.removeprefix("pacc.").removeprefix("prefect."), _color(name)),
        cell(resource_words(event.resource)),
        cell(", ".join(resource_words(each) for each in event.related), "bright_black"),
    )


def event_description(event: ReceivedEvent, now: datetime) -> Description:
    """Return everything worth reading about an event.

    Args:
        event: what to describe.
        now: the moment ages are counted from.
    """
    facts = [
        ("Event", cell(event.event, _color(event.event))),
        ("Occurred", cell(f"{local(event.occurred)} ({ago(event.occurred, now)})")),
        ("Received", cell(local(event.received))),
        *_about("Resource", event.resource),
        *(fact for each in event.related for fact in _about(each.role.capitalize(), each)),
        *_labelled("Payload", event.payload),
        ("Follows", cell(event.follows)),
        ("ID", cell(event.id)),
    ]
    return Description(
        title=f"Event '{event.event}'", facts=tuple((label, shown) for label, shown in facts if shown.text)
    )


def raw_lines(event: ReceivedEvent) -> list[str]:
    """Return an event as lines of JSON."""
    return [visible(line) for line in json_text(plain_event(event), indent=2).splitlines()]


def _about(title: str, resource: Resource) -> list[tuple[str, Cell]]:
    """A resource as facts: its name under a title, its id, and its other labels without what all of them begin with."""
    labels = {name.removeprefix("pacc."): value for name, value in dict(resource).items()}
    name, known = labels.pop("resource.name", ""), labels.pop("resource.id", "")
    labels.pop("resource.role", None)  # the title says it
    first, *others = [each for each in (name, known) if each]
    return [(title, cell(first, "bold")), *(("", cell(each)) for each in others), *_labelled("", labels)]


def _labelled(title: str, values: dict[str, Any]) -> list[tuple[str, Cell]]:
    """Labels and their values as facts, the first of them under a title."""
    lines = [
        f"{name}: {value if isinstance(value, str) else json_text(value)}" for name, value in values.items()
    ]
    return [(title if not number else "", cell(line)) for number, line in enumerate(lines)]


def _color(name: str) -> str:
    return _COLORS.get(name.rpartition(".")[2], "cyan")
