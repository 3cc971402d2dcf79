"""Webhooks, decided: whether a call is from somebody who may call, and which event it tells."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from pacc._internal.aliases import OURS, canonical
from pacc.exceptions import InvalidValueError
from pacc.schemas import templating
from pacc.schemas.events import Event, RelatedResource, Resource
from pacc.schemas.webhooks import FIRING_HEADER, Headers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pacc.schemas.webhooks import Authentication, Call, Webhook

DEEPEST_BODY = 64
"""How deep lists and objects may stand in each other in what is sent."""
MOST_FIELDS = 1000
"""How many fields a form may have."""
SIGNED_WITHIN = 300
"""Seconds that a signature which tells its time is good for, before and after."""
AHEAD = timedelta(days=1)
"""How far ahead of the clock an event may say that it occurred."""

_FIELDS = frozenset({"event", "resource", "related", "payload", "occurred"})
_DELIVERIES = ("webhook-id", "x-github-delivery", "x-amz-sns-message-id", "ce-id", "idempotency-key")
_NOBODY = "an address that nobody has"


def is_authentic(kind: Authentication | None, secret: str | None, call: Call, now: float) -> bool:
    """Say whether a call shows what it has to show; the time that takes does not depend on what is wrong with it.

    A token stands in `Authorization: Bearer TOKEN`, or in `X-Gitlab-Token`. A signature is the HMAC of the body in
    `X-Hub-Signature-256`, as GitHub sends it, or that of id, time and body in `Webhook-Signature`, as Standard Webhooks have it.

    Args:
        kind: what it has to show; `None` where there is no such address.
        secret: the token, or the key of signatures.
        call: the call.
        now: seconds since the epoch.

    >>> from pacc.schemas.webhooks import Call
    >>> is_authentic("token", "open sesame", Call(method="POST", headers={"authorization": "Bearer open sesame"}), 0.0)
    True
    """
    key = secret or _NOBODY
    token, signed = _has_token(key, call), _is_signed(key, call, now)
    return kind == "none" or (secret is not None and (token if kind == "token" else signed))


def _has_token(token: str, call: Call) -> bool:
    scheme, _, told = call.headers.get("authorization", "").partition(" ")
    bearer = told.strip() if scheme.lower() == "bearer" else ""
    given = (bearer, call.headers.get("x-gitlab-token", ""), call.headers.get("x-pacc-token", ""))
    found = [hmac.compare_digest(_digest(each), _digest(token)) for each in given]
    return any(found)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()


def _is_signed(secret: str, call: Call, now: float) -> bool:
    found = [_as_github(secret, call), _as_standard(secret, call, now)]
    return any(found)


def _as_github(secret: str, call: Call) -> bool:
    expected = "sha256=" + hmac.new(secret.encode(), call.body, hashlib.sha256).hexdigest()
    given = call.headers.get("x-hub-signature-256", "")
    return hmac.compare_digest(_digest(given.strip()), _digest(expected))


def _as_standard(secret: str, call: Call, now: float) -> bool:
    identity, told = call.headers.get("webhook-id", ""), call.headers.get("webhook-timestamp", "")
    signed = f"{identity}.{told}.".encode("utf-8", "surrogateescape") + call.body
    expected = base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()
    given = call.headers.get("webhook-signature", "").split()[:10]
    found = [hmac.compare_digest(_digest(each), _digest(f"v1,{expected}")) for each in given]
    is_now = told.isascii() and told.isdigit() and len(told) < 13 and abs(int(told) - now) <= SIGNED_WITHIN
    return any(found) and bool(identity) and is_now


def _key(secret: str) -> bytes:
    """Return the key of a secret; one that begins with `whsec_` is written in base64."""
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"))
    except binascii.Error:
        return secret.encode()


def event_of(webhook: Webhook, call: Call, now: datetime) -> Event:
    """Return the event that the webhook's template makes of a call.

    Calls that name their delivery give the same event however often they are sent.

    Args:
        webhook: whose template.
        call: what was sent.
        now: the present moment, for when the event says how late it is.

    Raises:
        InvalidValueError: what was sent cannot be read, or the template makes no event of it.
        TemplateError: the template fails.
    """
    values = {
        "method": call.method,
        "headers": Headers(call.headers),
        "query": dict(call.query),
        "body": body_of(call),
        "webhook": {"id": str(webhook.id), "name": webhook.name},
    }
    told = _parsed(templating.render(webhook.template, values, as_json=True))
    return _event(told, webhook, call, now)


def _parsed(text: str) -> dict[str, Any]:
    try:
        told = read_json(text)
    except InvalidValueError as error:
        raise InvalidValueError(f"the template gives no JSON: {error}") from None
    if not isinstance(told, dict):
        raise InvalidValueError("the template gives no JSON object")
    missing = [name for name in ("event", "resource") if name not in told]
    if missing:
        raise InvalidValueError(f'the event has no "{missing[0]}"')
    if surplus := sorted(told.keys() - _FIELDS):
        raise InvalidValueError(
            f'an event of a webhook has no "{surplus[0]}"; it has {", ".join(sorted(_FIELDS))}'
        )
    return told


def _event(told: dict[str, Any], webhook: Webhook, call: Call, now: datetime) -> Event:
    name, resource, related, payload = (
        told.get(each) for each in ("event", "resource", "related", "payload")
    )
    if isinstance(name, str) and canonical(name).startswith(OURS):
        raise InvalidValueError(f'the event cannot be "{name}": what begins so is told by pacc itself')
    if not isinstance(payload, dict | None):
        payload = {"body": payload}
    others = related if isinstance(related, list) else [] if related is None else [related]
    own = {
        "pacc.resource.id": f"pacc.webhook.{webhook.id}",
        "pacc.resource.name": webhook.name,
        "pacc.resource.role": "webhook",
    }
    made: dict[str, Any] = {
        "event": name,
        "resource": Resource(resource or {}),
        "related": [*map(RelatedResource, others), *_firing_behind(call), RelatedResource(own)],
        "payload": payload or {},
        "occurred": _occurred(told.get("occurred"), now),
    }
    delivery = next((call.headers[each] for each in _DELIVERIES if call.headers.get(each)), None)
    if delivery is not None:
        made["id"] = uuid5(webhook.id, delivery)
    event = Event(**made)
    _require_text(event)
    return event


def _firing_behind(call: Call) -> list[RelatedResource]:
    """Return the firing of an automation that made the call, where one did and says so."""
    try:
        firing = UUID(call.headers.get(FIRING_HEADER, ""))
    except ValueError:
        return []
    told = {"pacc.resource.id": f"pacc.firing.{firing}", "pacc.resource.role": "firing"}
    return [RelatedResource(told)]


def _occurred(told: Any, now: datetime) -> datetime:
    if told is None:
        return now
    try:
        occurred = datetime.fromisoformat(str(told))
        occurred = (occurred if occurred.tzinfo else occurred.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidValueError(f'the event cannot have occurred at "{told}": that is no time') from None
    if occurred > now + AHEAD:
        raise InvalidValueError(f"the event cannot have occurred at {told}: that is still to come")
    return occurred


def _require_text(event: Event) -> None:
    """See whether everything that is stored as it stands can be: half a character cannot."""
    try:
        for each in (event.event, *(resource.id for resource in event.involved_resources)):
            each.encode()
    except UnicodeEncodeError:
        raise InvalidValueError("the event holds half a character") from None


def body_of(call: Call) -> Any:
    """Return what was sent as templates see it: JSON and forms as values, anything else as text.

    Raises:
        InvalidValueError: it says that it is JSON or a form, and cannot be read.

    >>> from pacc.schemas.webhooks import Call
    >>> body_of(Call(method="POST", body=b'{"city": "Ulm"}'))
    {'city': 'Ulm'}
    """
    kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return _form(call.body)
    is_json = kind == "application/json" or kind.endswith("+json")
    if is_json and call.body.strip():
        return read_json(call.body)
    if call.body.lstrip()[:1] in (b"{", b"["):  # some that send JSON say that it is text
        try:
            return read_json(call.body)
        except InvalidValueError:
            pass
    return call.body.decode("utf-8", "replace")


def _form(body: bytes) -> dict[str, Any]:
    from urllib.parse import parse_qsl  # start-up: few calls are forms

    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise InvalidValueError(f"a form has {MOST_FIELDS:,} fields at most") from None
    return dict(pairs)


def read_json(text: str | bytes) -> Any:
    """Return the value of a JSON text that others wrote.

    Raises:
        InvalidValueError: it is none, or goes too deep.

    >>> read_json("[1]")
    [1]
    """
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_number)
    except RecursionError:
        raise InvalidValueError(f"it goes deeper than {DEEPEST_BODY}") from None
    except ValueError as error:
        raise InvalidValueError(f"{error}") from None
    if _depth_exceeds(value):
        raise InvalidValueError(f"it goes deeper than {DEEPEST_BODY}")
    return value


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:20]} is too large a number")
    return value


def _depth_exceeds(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST_BODY):
        level = [inside for each in level for inside in _inside(each) if isinstance(inside, dict | list)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
