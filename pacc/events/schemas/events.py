"""The records of events, under the name of Prefect's module."""

from pacc.schemas.events import (
    Event,
    ReceivedEvent,
    RelatedResource,
    Resource,
    ResourceSpecification,
    matches,
)

__all__ = ["Event", "ReceivedEvent", "RelatedResource", "Resource", "ResourceSpecification", "matches"]
