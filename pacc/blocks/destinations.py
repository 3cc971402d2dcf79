"""Where notifications of subscriptions go: an address or a block, checked when it is given and opened when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pacc.exceptions import InvalidValueError, PaccException
from pacc.orchestration.notifications import facts_of, kind_of, sentence_of, subject_of
from pacc.schemas.notifications import Destination
from pacc.services import blocks, notifications

if TYPE_CHECKING:
    from datetime import datetime

    from pacc.schemas.notifications import Notification, Subscription
    from pacc.store import Store

DESKTOP = "desktop"
"""The destination that is this machine's desktop."""

_BLOCK = "block:"
_HTTP = frozenset({"http", "https"})
_WITH_HOST = _HTTP | {"mailto", "mailtos", "json", "jsons", "xml", "xmls", "form", "forms"}


def destination(store: Store, word: str) -> Destination:
    """Return where a word says that notifications go.

    Args:
        store: where blocks are kept.
        word: an address of Apprise or of HTTP, `block:type/name`, or `desktop`.

    Raises:
        InvalidValueError: it is none of these.
        BlockNotFound: there is no such block.
    """
    if word == DESKTOP:
        return Destination(address=DESKTOP, url=DESKTOP)
    if word.startswith(_BLOCK):
        return _block(store, word.removeprefix(_BLOCK))
    from pacc.blocks import sending  # start-up

    parts = _parts(word)
    if parts is None:
        raise InvalidValueError(
            "--to takes an address such as https://... or slack://..., block:type/name, or desktop",
            hint="pacc notify add --help",
        )
    sending.hide_parts(word)
    scheme, host = parts
    known = sending.service_of(word) is not None
    if not known and (scheme not in _HTTP or not host):
        raise InvalidValueError(
            f'the address that begins with "{scheme}://" is none that Apprise can send to',
            hint="https://github.com/caronc/apprise/wiki",
        )
    return Destination(
        address=f"{scheme}://{f'{host}/' if host and scheme in _WITH_HOST else ''}********", url=word
    )


def _parts(word: str) -> tuple[str, str | None] | None:
    """Return the scheme and the host of an address, `None` where it is none."""
    try:
        parts = urlsplit(word)
        host = parts.hostname
    except ValueError:
        return None
    return (
        (parts.scheme, host)
        if parts.scheme and "://" in word and not word.split("://", maxsplit=1)[0].count(" ")
        else None
    )


def _block(store: Store, reference: str) -> Destination:
    document = blocks.find(store, reference)
    schema = document.block_schema
    if schema is None or "notify" not in schema.capabilities:
        raise InvalidValueError(f'the block "{reference}" cannot notify', hint="pacc block ls")
    return Destination(address=f"{_BLOCK}{reference}", block=reference)


def tell(store: Store, notification: Notification, now: datetime) -> None:
    """Send a notification to its subscription, in one try.

    Raises:
        Exception: it could not be sent, for whatever reason.
    """
    where = notifications.destination_of(store, notification.subscription_id)
    _send(
        where,
        sentence_of(notification, now),
        subject_of(notification),
        kind=kind_of(notification),
        facts=facts_of(notification),
    )


def try_out(store: Store, subscription: Subscription) -> None:
    """Send a message to a subscription's destination that says it is a trial.

    Raises:
        Exception: it could not be sent, for whatever reason.
    """
    body = f'This is a trial of the subscription "{subscription.name}"; nothing has happened.'
    where = notifications.destination_of(store, subscription.id)
    _send(where, body, "pacc notify test", kind="info", facts={})


def _send(where: Destination, body: str, subject: str, *, kind: str, facts: dict[str, Any]) -> None:
    from pacc.blocks import sending  # start-up

    if where.block is not None:
        from pacc.blocks.core import load_block
        from pacc.blocks.notifications import deliver_once

        deliver_once(load_block(where.block), body, subject)
        return
    url = where.url or ""
    if url == DESKTOP:
        sending.show_on_desktop(body, subject, urgent=kind == "failure")
        return
    service = sending.service_of(url)
    if service is not None:
        sending.send_by(service, body, subject, kind)
    else:
        values = {"text": body, "subject": subject, "type": kind, **facts}
        sending.post_json(url, values)


def reason(error: Exception) -> str:
    """Return why something could not be sent, in a line and without secrets."""
    from pacc._internal.redaction import redact  # start-up

    said = " ".join(str(error).split())
    if isinstance(error, PaccException) or type(error).__name__ == "NotificationError":
        return redact(said)
    return redact(f"{type(error).__name__}: {said}")
