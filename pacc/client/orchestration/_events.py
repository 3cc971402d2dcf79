"""The client's methods for events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.steps import awaitable
from pacc.client.orchestration._base import OfStore
from pacc.services import event_pages

if TYPE_CHECKING:
    from pacc.schemas.event_filters import EventFilter
    from pacc.schemas.event_pages import EventPage


class EventClient(OfStore):
    """What code that does not await asks about events."""

    def read_events(self, filter: EventFilter | None = None, limit: int = 100) -> EventPage:
        """Return the first page of events, the latest first unless the filter says otherwise."""
        return event_pages.first(self._store, filter, limit=limit)

    def read_events_page(self, next_page_url: str) -> EventPage:
        """Return the page that another one names as its `next_page`; `ValueError` if none does."""
        return event_pages.following(self._store, next_page_url)


class EventAsyncClient(OfStore):
    """The same for code that awaits, derived from `EventClient`."""

    read_events = awaitable(EventClient.read_events)
    read_events_page = awaitable(EventClient.read_events_page)
