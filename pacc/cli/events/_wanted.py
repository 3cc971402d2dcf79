"""The options by which events are chosen, shared by the commands that show them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pacc.cli._options import past_moment

if TYPE_CHECKING:
    from pacc.schemas.event_filters import EventFilter

Names = Annotated[
    list[str] | None,
    typer.Option(
        "--event",
        "-e",
        metavar="PATTERN",
        help='Only events of this name, or those it matches: "prefect.flow-run.*".',
    ),
]

ResourceIds = Annotated[
    list[str] | None,
    typer.Option(
        "--resource", "-r", metavar="ID", help='Only what happened to this resource: "pacc.flow-run.*".'
    ),
]

Involved = Annotated[
    list[str] | None,
    typer.Option("--related", metavar="ID", help="Only events in which this resource was involved."),
]

Since = Annotated[
    datetime | None,
    typer.Option(
        "--since",
        metavar="TIME",
        parser=past_moment,
        help='Only events since then: "2h", "yesterday", "09:30", 2026-11-20.',
    ),
]

Until = Annotated[
    datetime | None,
    typer.Option("--until", metavar="TIME", parser=past_moment, help="Only events up to then."),
]

Text = Annotated[
    str | None, typer.Option("--search", metavar="WORDS", help="Only events that hold one of these words.")
]


def wanted_events(
    *,
    names: list[str] | None,
    resources: list[str] | None,
    related: list[str] | None,
    since: datetime | None = None,
    until: datetime | None = None,
    search: str | None = None,
) -> EventFilter:
    """Return the filter that options ask for."""
    from pacc.schemas.event_filters import (  # start-up: help needs no filters
        EventFilter,
        EventNameFilter,
        EventOccurredFilter,
        EventRelatedFilter,
        EventResourceFilter,
        EventTextFilter,
    )
    from pacc.schemas.events import ResourceSpecification  # start-up: as above

    def by_id(ids: list[str]) -> ResourceSpecification:
        return ResourceSpecification({"pacc.resource.id": ids})

    exact = bool(resources) and not any(set(each) & set("*?[!") for each in resources or ())
    return EventFilter(
        event=EventNameFilter(name=names) if names else None,
        resource=(
            EventResourceFilter(id=resources) if exact else EventResourceFilter(labels=by_id(resources))
        )
        if resources
        else None,
        related=[EventRelatedFilter(labels=by_id([each])) for each in related] if related else None,
        occurred=EventOccurredFilter(since=since, until=until) if since or until else None,
        text=EventTextFilter(query=search) if search else None,
    )
