"""Events a page at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pacc.schemas.events import ReceivedEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """Some of the events that a filter means."""

    events: list[ReceivedEvent]
    """The events, in the order asked for."""
    next_page: str | None = None
    """What `read_events_page` takes for those that come next; `None` where there are no more."""
    count: Callable[[], int] = field(repr=False, compare=False)
    """Counts all that are meant."""

    @property
    def total(self) -> int:
        """How many events the filter means in all; they are counted when this is asked for."""
        return self.count()
