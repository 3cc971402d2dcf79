"""Events told and followed through objects, as Prefect's clients do; there is no server behind them, but the store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from pacc.services import events
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from collections import deque
    from typing import Self

    from pacc.schemas.event_filters import EventFilter
    from pacc.schemas.events import Event, ReceivedEvent

LOOK_SECONDS = 0.025
"""How often a subscriber asks whether the store has changed."""


class EventsClient:
    """Tells events."""

    @property
    def client_name(self) -> str:
        """What it is."""
        return type(self).__name__

    async def emit(self, event: Event) -> None:
        """Tell an event."""
        self._emit(event)

    def _emit(self, event: Event) -> None:
        raise NotImplementedError  # pragma: no cover - each kind has its own

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None


class NullEventsClient(EventsClient):
    """Tells nobody."""

    def _emit(self, event: Event) -> None:
        del event


class AssertingEventsClient(EventsClient):
    """Keeps what it was told, for tests to look at.

    >>> client = AssertingEventsClient()
    >>> client.events
    []
    """

    last: ClassVar[AssertingEventsClient | None] = None
    all: ClassVar[list[AssertingEventsClient]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args = args
        self.kwargs = kwargs
        self.events: list[Event] = []
        type(self).last = self
        AssertingEventsClient.all.append(self)

    @classmethod
    def reset(cls) -> None:
        """Forget all of them."""
        cls.last = None
        cls.all.clear()

    def pop_events(self) -> list[Event]:
        """Return what it was told and forget it."""
        told, self.events = self.events, []
        return told

    def _emit(self, event: Event) -> None:
        self.events.append(event)


class PaccEventsClient(EventsClient):
    """Puts events into the store of the settings in force; what it was told is there when its block is left.

    Args:
        options: taken for compatibility.
    """

    def __init__(self, **options: Any) -> None:
        del options
        settings = get_current_settings()
        self._store = open_store(settings.home)
        self._largest = settings.server.events.maximum_size_bytes

    def _emit(self, event: Event) -> None:
        events.record(self._store, event, largest=self._largest)

    async def __aexit__(self, *_: object) -> None:
        self._store.journal.flush()


class PaccEventSubscriber:
    """Follows what happens: an async iterator over the events a filter means, as they are stored.

    Args:
        filter: which; all by default. Those since its `occurred.since` come first, or else only those stored from now on.
        options: taken for compatibility.

    >>> async with PaccEventSubscriber() as subscriber:  # doctest: +SKIP
    ...     async for event in subscriber:
    ...         print(event.event)
    """

    def __init__(self, filter: EventFilter | None = None, **options: Any) -> None:
        from collections import deque  # start-up

        del options
        self._filter = filter
        self._tail: events.Tail | None = None
        self._waiting: deque[ReceivedEvent] = deque()

    @property
    def client_name(self) -> str:
        """What it is."""
        return type(self).__name__

    async def __aenter__(self) -> Self:
        self._tail = events.Tail(open_store(get_current_settings().home), self._filter)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._tail is not None:
            self._tail.close()
            self._tail = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ReceivedEvent:
        while not self._waiting:
            if self._tail is None:
                raise StopAsyncIteration
            self._waiting.extend(self._tail.take())
            if not self._waiting:
                await asyncio.sleep(LOOK_SECONDS)
        return self._waiting.popleft()


def get_events_client(**options: Any) -> EventsClient:
    """Return a client that puts events into the store of the settings in force.

    Args:
        options: taken for compatibility.

    >>> async with get_events_client() as client:  # doctest: +SKIP
    ...     await client.emit(Event(event="table.loaded", resource={"prefect.resource.id": "table.customers"}))
    """
    return PaccEventsClient(**options)


def get_events_subscriber(filter: EventFilter | None = None, **options: Any) -> PaccEventSubscriber:
    """Return an async iterator over events as they are stored; enter it first.

    Args:
        filter: which; all by default.
        options: taken for compatibility.

    >>> async with get_events_subscriber(EventFilter(event={"prefix": ["prefect.flow-run."]})) as subscriber:  # doctest: +SKIP
    ...     async for event in subscriber:
    ...         print(event.event)
    """
    return PaccEventSubscriber(filter, **options)
