"""Saying what happened."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from pacc.context import innermost
from pacc.events.related import related_to_run
from pacc.exceptions import EventTooLarge, PaccException
from pacc.schemas.event_filters import own_id
from pacc.schemas.events import FOLLOWS_WITHIN, Event, RelatedResource, Resource
from pacc.services import events
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID


def emit_event(
    event: str,
    resource: Mapping[str, str],
    occurred: datetime | None = None,
    related: Sequence[Mapping[str, str]] | None = None,
    payload: dict[str, Any] | None = None,
    id: UUID | None = None,
    follows: Event | None = None,
    **kwargs: Any,
) -> Event | None:
    """Say that something happened, inside a run or outside.

    What the run that says so belongs to (its flow, deployment, work pool and queue, its tags) is related by itself. The event is
    on its way when this returns: it is in the store a moment later, and before the run ends.

    Args:
        event: what happened, e.g. `table.loaded`; dots divide it.
        resource: to what: labels, `prefect.resource.id` among them.
        occurred: when; now by default.
        related: what else was involved, each with a `prefect.resource.role` as well.
        payload: what else there is to tell, anything JSON can say.
        id: an id of its own, to be able to say it again without its being there twice.
        follows: the event that came before; kept where both are at most five minutes apart.
        kwargs: taken for compatibility.

    Returns:
        The event, `None` where it could not be told; the log says why.

    Raises:
        EventTooLarge: it tells more than `PACC_SERVER_EVENTS_MAXIMUM_SIZE_BYTES`.

    >>> emit_event("stock.low", resource={"prefect.resource.id": "stock.bolts"}, payload={"left": 3}).payload
    {'left': 3}
    """
    del kwargs
    try:
        said = _made(event, resource, occurred, related, payload, id, follows)
        context = innermost()
        settings = get_current_settings()
        store = open_store(settings.home) if context is None else context.run.store
        events.record(store, said, largest=settings.server.events.maximum_size_bytes)
    except EventTooLarge:
        raise
    except (PaccException, OverflowError, TypeError) as error:
        logging.getLogger("pacc.events").error("The event %r was not emitted: %s", event, error)  # noqa: TRY400 - a sentence, no traceback
        return None
    return said


def _made(
    event: str,
    resource: Mapping[str, str],
    occurred: datetime | None,
    related: Sequence[Mapping[str, str]] | None,
    payload: dict[str, Any] | None,
    event_id: UUID | None,
    follows: Event | None,
) -> Event:
    primary = resource if isinstance(resource, Resource) else Resource(resource)
    given: dict[str, Any] = {"event": event, "resource": primary, "payload": payload or {}}
    if occurred is not None:
        given["occurred"] = occurred
    if event_id is not None:
        given["id"] = event_id
    others = [each if isinstance(each, RelatedResource) else RelatedResource(each) for each in related or ()]
    own = own_id(primary)
    taken = {own, *map(own_id, others)}
    others += [each for each in related_to_run() if own_id(each) not in taken]
    made = Event(**given, related=others)
    if follows is not None and abs(made.occurred - follows.occurred) < FOLLOWS_WITHIN:
        object.__setattr__(made, "follows", follows.id)
    events.check(made, get_current_settings())
    return made
