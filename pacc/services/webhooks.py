"""Webhooks: made, changed, listed, called."""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pacc._internal import clock
from pacc._internal.ids import new_id
from pacc.exceptions import (
    EventTooLarge,
    InvalidValueError,
    ObjectAlreadyExists,
    ObjectNotFound,
    PaccException,
    StoreConflict,
    TemplateError,
)
from pacc.orchestration.webhooks import event_of, is_authentic
from pacc.schemas import templating
from pacc.schemas.events import Event, Resource
from pacc.schemas.webhooks import (
    DEFAULT_TEMPLATE,
    MAX_TEMPLATE_LENGTH,
    checked_name,
    checked_secret,
)
from pacc.services import encryption, events
from pacc.settings import get_current_settings
from pacc.store.webhooks import from_row

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from pacc.schemas.webhooks import Authentication, Call, Tally, Webhook, WebhookUpdate
    from pacc.store import Store

_LISTING = "pacc webhook ls"
_TRIES = 5
_SHORTEST_PREFIX = 8
_MOST_SECRETS = 256
_SHOWN_BYTES = 2000


class Refused(PaccException):
    """A call is not answered: it is from somebody who may not call, or there is nobody to call.

    Args:
        why: for the log, not for the caller.
        webhook_id: which webhook it was for, `None` where there is none.
    """

    def __init__(self, why: str, *, webhook_id: str | None = None) -> None:
        super().__init__(why)
        self.webhook_id = webhook_id


class NoEvent(Refused):
    """A call is from somebody who may call, but no event comes of it; the caller may know why."""


def create(
    store: Store,
    name: str,
    *,
    description: str = "",
    template: str | None = None,
    authentication: Authentication = "none",
    secret: str | None = None,
) -> Webhook:
    """Make a webhook and return it.

    Args:
        store: where it is kept.
        name: what commands call it.
        description: what it is for.
        template: a Jinja template that makes the JSON of an event of a call; `DEFAULT_TEMPLATE` unless given.
        authentication: what a caller has to show besides knowing the address.
        secret: the token, or the key of signatures; it is encrypted.

    Raises:
        InvalidNameError, InvalidValueError: it can have no such name, template or secret.
        ObjectAlreadyExists: the name is taken.
        EncryptionKeyError: the key of the secrets is missing or another one; nothing was written.

    Example:
        >>> create(store, "pushes", authentication="signature", secret=new_secret()).slug  # doctest: +SKIP
        'v4bX0l0VJ3qZc8fT1mYw2Q'
    """
    row = {
        "id": new_id(), "name": checked_name(name), "now": clock.now(), "description": description,
        "template": DEFAULT_TEMPLATE if template is None else checked_template(template), **_address(),
    }  # fmt: skip
    for _ in range(_TRIES):
        rows = store.write("webhooks.insert", row | _shown(store, authentication, secret))
        if rows:
            return from_row(rows[0])
        if store.read("webhooks.find", {"reference": name}):
            raise ObjectAlreadyExists(
                f'the webhook "{name}" exists already', hint=f'pacc webhook get "{name}"'
            )
    raise _changing_keys()


def update(store: Store, reference: UUID | str, wanted: WebhookUpdate) -> Webhook:
    """Change what is given about a webhook and return it.

    Raises:
        ObjectNotFound: there is no such webhook.
        InvalidNameError, InvalidValueError: it can have no such name or template.
        ObjectAlreadyExists: another one has the name.
    """
    own = find(store, str(reference)).id
    changed = {
        "id": str(own),
        "now": clock.now(),
        "name": None if wanted.name is None else checked_name(wanted.name),
        "description": wanted.description,
        "template": None if wanted.template is None else checked_template(wanted.template),
        "enabled": None if wanted.enabled is None else int(wanted.enabled),
    }
    rows = store.write("webhooks.update", changed)
    if rows:
        return from_row(rows[0])
    find(store, str(own))
    raise ObjectAlreadyExists(f'another webhook is called "{wanted.name}"', hint=_LISTING)


def toggle(store: Store, reference: UUID | str) -> Webhook:
    """Let a webhook be called no longer, or again, and return it.

    Raises:
        ObjectNotFound: there is no such webhook.
    """
    return _changed(store, "webhooks.toggle", str(reference))


def rotate(store: Store, reference: UUID | str) -> Webhook:
    """Give a webhook another address and return it; nobody is answered at the old one any more.

    Raises:
        ObjectNotFound: there is no such webhook.
    """
    return _changed(store, "webhooks.readdress", str(reference), **_address())


def authenticate(
    store: Store, reference: UUID | str, authentication: Authentication, secret: str | None = None
) -> Webhook:
    """Ask something else of who calls a webhook from now on, and return it.

    Raises:
        ObjectNotFound: there is no such webhook.
        InvalidValueError: it can have no such secret.
        EncryptionKeyError: the key of the secrets is missing or another one; nothing was written.
    """
    own = str(find(store, str(reference)).id)
    for _ in range(_TRIES):
        asked = {"id": own, "now": clock.now(), **_shown(store, authentication, secret)}
        if rows := store.write("webhooks.authenticate", asked):
            return from_row(rows[0])
        find(store, own)
    raise _changing_keys()


def delete(store: Store, reference: UUID | str) -> None:
    """Remove a webhook.

    Raises:
        ObjectNotFound: there is no such webhook.
    """
    own = find(store, str(reference)).id
    if not store.write("webhooks.delete", {"id": str(own)}):
        raise _nothing(store, str(own))


def select(store: Store) -> list[Webhook]:
    """Return all webhooks by name."""
    return [from_row(row) for row in store.read("webhooks.select")]


def find(store: Store, reference: str) -> Webhook:
    """Return the webhook of an id, the beginning of one, or a name.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    rows = store.read("webhooks.find", {"reference": reference})
    if not rows and len(reference) >= _SHORTEST_PREFIX:
        rows = store.read("webhooks.by_prefix", {"reference": reference})
    if len(rows) != 1:
        raise _nothing(store, reference)
    return from_row(rows[0])


def has_any(store: Store) -> bool:
    """Say whether there is a webhook that may be called."""
    return bool(store.read("webhooks.any")[0]["found"])


def new_secret() -> str:
    """Return a token, or a key of signatures, that nobody has."""
    return secrets.token_urlsafe(32)


def checked_template(template: str) -> str:
    """Return a template a webhook may have.

    Raises:
        InvalidValueError: it cannot be read, or does not keep within bounds.
    """
    if len(template) > MAX_TEMPLATE_LENGTH:
        raise InvalidValueError(
            f"a webhook's template has {MAX_TEMPLATE_LENGTH:,} characters at most, not {len(template):,}"
        )
    templating.check(template, as_json=True)
    return template


# -- calls ---------------------------------------------------------------------------------------------------------------


class Received(NamedTuple):
    """A call that became an event."""

    webhook: Webhook
    event: Event


def receive(store: Store, slug: str, call: Call) -> Received:
    """Record the event of a call, and return it once it is stored.

    Args:
        store: where webhooks and events are kept.
        slug: the end of the address that was called.
        call: what was sent.

    Raises:
        Refused: nobody is at that address, or the caller does not show what it has to; to the caller the two look alike.
        NoEvent: the caller may call, but no event comes of it. That is recorded as `pacc.webhook.failed`.
        EncryptionKeyError: the key of the secrets is missing or another one.
        StoreError: it could not be stored.
    """
    webhook = _called(store, slug, call)
    try:
        event = event_of(webhook, call, clock.to_datetime(clock.now()))
        settings = get_current_settings()
        events.check(event, settings)
        events.record(store, event, largest=settings.server.events.maximum_size_bytes)
    except (InvalidValueError, TemplateError, EventTooLarge) as error:
        events.record(store, _failed(webhook, call, str(error)))
        store.journal.flush()
        raise NoEvent(str(error), webhook_id=str(webhook.id)) from error
    store.journal.flush()
    return Received(webhook, event)


def count(store: Store, webhook_id: UUID | str, became: Tally) -> None:
    """Add to what became of a webhook's calls.

    Raises:
        StoreError: it could not be written.
    """
    told = {
        "id": str(webhook_id), "received": became.received, "refused": became.refused, "refusal": became.refusal,
        "last_received": became.last_received, "last_refused": became.last_refused,
    }  # fmt: skip
    store.write("webhooks.count", told)


def _called(store: Store, slug: str, call: Call) -> Webhook:
    """Return the webhook that a call is for, if the caller may call it."""
    rows = store.read("webhooks.by_slug", {"slug_digest": _digest(slug)})
    row = rows[0] if rows else None
    kind = row["authentication"] if row is not None and row["enabled"] else None
    secret = None if row is None else _opened(store, row["secret"])
    if is_authentic(kind, secret, call, clock.now() / 1_000_000) and row is not None:
        return from_row(row)
    if row is None:
        raise Refused("there is no webhook of that address")
    why = "it does not show that it may call" if row["enabled"] else "the webhook is switched off"
    raise Refused(f'the webhook "{row["name"]}" does not answer the caller: {why}', webhook_id=row["id"])


@lru_cache(maxsize=1)
def _secrets_of(home: Path) -> dict[str, str]:
    """The secrets that were decrypted in this process, by how they stand in the store."""
    del home
    return {}


def _opened(store: Store, sealed: str | None) -> str | None:
    if sealed is None:
        return None
    known = _secrets_of(store.home)
    if sealed not in known:
        if len(known) >= _MOST_SECRETS:
            known.clear()
        known[sealed] = str(encryption.cipher(store).open(sealed))
    return known[sealed]


def _failed(webhook: Webhook, call: Call, why: str) -> Event:
    """Return the event that says that no event came of a call."""
    told = call.body[:_SHOWN_BYTES].decode("utf-8", "replace")
    return Event(
        event="pacc.webhook.failed",
        resource=Resource(
            {"pacc.resource.id": f"pacc.webhook.{webhook.id}", "pacc.resource.name": webhook.name}
        ),
        payload={"reason": why, "method": call.method, "body": told, "size": len(call.body)},
    )


# -- what is written -----------------------------------------------------------------------------------------------------


def _address() -> dict[str, str]:
    slug = secrets.token_urlsafe(16)
    return {"slug": slug, "slug_digest": _digest(slug)}


def _digest(slug: str) -> str:
    return hashlib.sha256(slug.encode("utf-8", "surrogatepass")).hexdigest()


def _shown(store: Store, authentication: Authentication, secret: str | None) -> dict[str, str | None]:
    """Return what a caller has to show, as it is written."""
    if (authentication == "none") != (secret is None):
        raise InvalidValueError(
            "a webhook has a secret if its callers show a token or a signature, and only then"
        )
    if secret is None:
        return {"authentication": authentication, "secret": None, "proof": None}
    cipher = encryption.cipher_for_writing(store)
    sealed = cipher.seal(checked_secret(secret))
    return {"authentication": authentication, "secret": sealed, "proof": cipher.proof}


def _changed(store: Store, statement: str, reference: str, **told: str) -> Webhook:
    own = str(find(store, reference).id)
    rows = store.write(statement, {"id": own, "now": clock.now(), **told})
    if not rows:
        raise _nothing(store, own)
    return from_row(rows[0])


def _changing_keys() -> StoreConflict:
    return StoreConflict("the key of the secrets is being changed all the time", hint="Try again.")


def _nothing(store: Store, reference: str) -> ObjectNotFound:
    from difflib import get_close_matches  # start-up: only for what was not found

    near = get_close_matches(reference, [row["name"] for row in store.read("webhooks.names")], n=1)
    guess = f'. Did you mean "{near[0]}"?' if near else ""
    return ObjectNotFound(f'no webhook "{reference}"{guess}', hint=_LISTING)
