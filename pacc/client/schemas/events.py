"""Pages of events, under Prefect's path."""

from pacc.schemas.event_pages import EventPage

__all__ = ["EventPage"]
