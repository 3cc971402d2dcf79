"""The client's methods for events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.steps import awaitable
from pacc.client.orchestration._base import OfStore
from pacc.services import events

if TYPE_CHECKING:
    from pacc.schemas.event_filters import EventFilter
    from pacc.schemas.events import ReceivedEvent


class EventClient(OfStore):
    """What code that does not await asks about events."""

    def read_events(self, filter: EventFilter | None = None, limit: int = 100) -> list[ReceivedEvent]:
        """Return events, the latest first unless the filter says otherwise."""
        return events.select(self._store, filter, limit=limit)


class EventAsyncClient(OfStore):
    """The same for code that awaits, derived from `EventClient`."""

    read_events = awaitable(EventClient.read_events)
