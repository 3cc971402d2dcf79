"""Events: say what happened, and follow what happens.

>>> emit_event("table.loaded", resource={"prefect.resource.id": "table.customers"}).event
'table.loaded'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pacc.events.utilities import emit_event
from pacc.schemas.events import Event, ReceivedEvent, RelatedResource, Resource, ResourceSpecification

if TYPE_CHECKING:
    from pacc.events.clients import get_events_client, get_events_subscriber
    from pacc.events.subscribers import FlowRunSubscriber

_HOMES = {
    "FlowRunSubscriber": "pacc.events.subscribers",
    "get_events_client": "pacc.events.clients",
    "get_events_subscriber": "pacc.events.clients",
}

__all__ = [
    "Event",
    "FlowRunSubscriber",
    "ReceivedEvent",
    "RelatedResource",
    "Resource",
    "ResourceSpecification",
    "emit_event",
    "get_events_client",
    "get_events_subscriber",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)
