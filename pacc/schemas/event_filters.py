"""Which events are meant: Prefect's filters, name for name. Names are understood in both spellings.

>>> EventFilter(event={"prefix": ["prefect.flow-run."]})
EventFilter(event=EventNameFilter(prefix=['prefect.flow-run.']), order=<EventOrder.DESC: 'DESC'>)
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from pacc._internal.aliases import canonical
from pacc._internal.jsontext import dumps
from pacc.exceptions import InvalidValueError
from pacc.schemas.criteria import Criteria, EventOrder
from pacc.schemas.events import RESOURCE_ID, RESOURCE_ROLE, ResourceSpecification, matches

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any
    from uuid import UUID

    from pacc.schemas.events import Event, Resource

__all__ = [
    "EventAnyResourceFilter",
    "EventDataFilter",
    "EventFilter",
    "EventIDFilter",
    "EventNameFilter",
    "EventOccurredFilter",
    "EventOrder",
    "EventRelatedFilter",
    "EventResourceFilter",
    "EventTextFilter",
]

LONGEST_QUERY = 200


class EventDataFilter(Criteria):
    """What every filter of events can say."""

    def includes(self, event: Event) -> bool:
        """Say whether an event is meant."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def excludes(self, event: Event) -> bool:
        """Say whether an event is not meant."""
        return not self.includes(event)


class EventOccurredFilter(EventDataFilter):
    """By when it occurred, both ends included."""

    since: datetime | None = None
    until: datetime | None = None

    def includes(self, event: Event) -> bool:
        """Say whether an event is meant."""
        if self.since is not None and event.occurred < self.since:
            return False
        return self.until is None or event.occurred <= self.until


class EventNameFilter(EventDataFilter):
    """By its name: beginning so, or being one of these, which may be patterns such as `prefect.flow-run.*`."""

    prefix: list[str] | None = None
    exclude_prefix: list[str] | None = None
    name: list[str] | None = None
    exclude_name: list[str] | None = None

    def includes(self, event: Event) -> bool:
        """Say whether an event is meant."""
        name = canonical(event.event)
        if self.prefix and not name.startswith(tuple(map(canonical, self.prefix))):
            return False
        if self.exclude_prefix and name.startswith(tuple(map(canonical, self.exclude_prefix))):
            return False
        if self.name and not any(matches(canonical(each), name) for each in self.name):
            return False
        return not any(matches(canonical(each), name) for each in self.exclude_name or ())


class EventResourceFilter(EventDataFilter):
    """By the resource it happened to; with `distinct`, the first one of each resource alone."""

    id: list[str] | None = None
    id_prefix: list[str] | None = None
    labels: ResourceSpecification | None = None
    distinct: bool = False

    def includes(self, event: Event) -> bool:
        """Say whether an event is meant."""
        return _is_meant(self, event.resource)


class EventRelatedFilter(EventDataFilter):
    """By a resource that was involved: one that fits all of it, and one in one of these roles."""

    id: list[str] | None = None
    role: list[str] | None = None
    resources_in_roles: list[tuple[str, str]] | None = None
    labels: ResourceSpecification | None = None

    def includes(self, event: Event) -> bool:
        """Say whether an event is meant."""
        if (self.id or self.role or self.labels) and not any(map(self._fits, event.related)):
            return False
        pairs = {(canonical(each), role) for each, role in self.resources_in_roles or ()}
        return not pairs or any((own_id(each), each[RESOURCE_ROLE]) in pairs for each in event.related)

    def _fits(self, resource: Resource) -> bool:
        if self.role and resource[RESOURCE_ROLE] not in self.role:
            return False
        return _is_meant(self, resource)


class EventAnyResourceFilter(EventDataFilter):
    """By any resource, the one it happened to or one that was involved."""

    id: list[str] | None = None
    id_prefix: list[str] | None = None
    labels: ResourceSpecification | None = None

    def includes(self, event: Event) -> bool:
        """Say whether an event is meant."""
        return any(_is_meant(self, resource) for resource in event.involved_resources)


class EventIDFilter(EventDataFilter):
    """By its id."""

    id: list[UUID] | None = None

    def includes(self, event: Event) -> bool:
        """Say whether an event is meant."""
        return not self.id or event.id in self.id


class EventTextFilter(EventDataFilter):
    """By words it holds anywhere, whatever the case: one of them, all with a `+`, none with a `-`; quotes keep words together."""

    query: str

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        if len(self.query) > LONGEST_QUERY:
            raise InvalidValueError(f"the text to look for has {LONGEST_QUERY} characters at most")

    def includes(self, event: Event) -> bool:
        """Say whether an event is meant."""
        text = dumps([event.event, event.resource, event.related, event.payload]).casefold()
        words = _words(self.query.casefold())
        if any(word[1:] in text for word in words if word[0] == "-"):
            return False
        if any(word[1:] not in text for word in words if word[0] == "+"):
            return False
        free = [word for word in words if word[0] not in "+-"]
        return not free or any(word in text for word in free)


class EventFilter(EventDataFilter):
    """Which events, and in which order they are listed."""

    occurred: EventOccurredFilter | None = None
    event: EventNameFilter | None = None
    resource: EventResourceFilter | None = None
    related: EventRelatedFilter | list[EventRelatedFilter] | None = None
    any_resource: EventAnyResourceFilter | list[EventAnyResourceFilter] | None = None
    id: EventIDFilter | None = None
    text: EventTextFilter | None = None
    order: EventOrder = EventOrder.DESC

    def includes(self, event: Event) -> bool:
        """Say whether an event is meant."""
        return all(part.includes(event) for part in self.get_filters())

    def get_filters(self) -> list[EventDataFilter]:
        """Return the parts that ask for something."""
        parts: list[EventDataFilter] = []
        for name in ("occurred", "event", "resource", "related", "any_resource", "id", "text"):
            part = getattr(self, name)
            parts += part if isinstance(part, list) else [] if part is None else [part]
        return parts


def wanted_events(
    *,
    names: list[str] | None = None,
    resources: list[str] | None = None,
    related: list[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    search: str | None = None,
) -> EventFilter:
    """Return the filter that options of a command or terms of a search ask for.

    Args:
        names: names of events, or patterns such as `flow-run.*`.
        resources: ids of the resource it happened to, or patterns.
        related: ids of resources all of which were involved.
        since: when it occurred at the earliest.
        until: when it occurred at the latest.
        search: words it holds anywhere.

    Example:
        >>> wanted_events(names=["a.b"])
        EventFilter(event=EventNameFilter(name=['a.b']), order=<EventOrder.DESC: 'DESC'>)
    """

    def by_id(ids: list[str]) -> ResourceSpecification:
        return ResourceSpecification({RESOURCE_ID: ids})

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


def own_id(resource: Resource) -> str:
    """Return the id of a resource as it is kept."""
    return dict.__getitem__(resource, RESOURCE_ID)


def _is_meant(wanted: Any, resource: Resource) -> bool:
    if wanted.id and own_id(resource) not in map(canonical, wanted.id):
        return False
    prefixes = getattr(wanted, "id_prefix", None)
    if prefixes and not own_id(resource).startswith(tuple(map(canonical, prefixes))):
        return False
    return wanted.labels is None or wanted.labels.matches(resource)


def _words(query: str) -> Iterable[str]:
    try:
        return shlex.split(query) or [query]
    except ValueError:  # a quote that is not closed
        return query.split() or [query]
