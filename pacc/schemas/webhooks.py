"""Webhooks: addresses that others call, and templates that make events of what they send."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pacc.exceptions import InvalidNameError, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

MAX_NAME_LENGTH = 100
"""Characters a webhook's name may have."""
MAX_TEMPLATE_LENGTH = 100_000
"""Characters a webhook's template may have."""
SHORTEST_SECRET = 8
"""Characters a secret has at least."""

Authentication = Literal["none", "token", "signature"]
"""How a caller shows that it may call: by knowing the address, by a token, or by signing what it sends."""

DEFAULT_TEMPLATE = """\
{
  "event": "webhook.called",
  "resource": {
    "prefect.resource.id": "webhook.{{ webhook.id }}",
    "prefect.resource.name": "{{ webhook.name }}"
  },
  "payload": {"method": "{{ method }}", "body": {{ body | tojson }}}
}
"""
"""What a webhook that has no template of its own makes of a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that others call, and what is made of it."""

    id: UUID
    """What tells it from all others."""
    name: str
    """What commands call it."""
    created: datetime
    """When it was made."""
    updated: datetime
    """When it was last changed."""
    description: str = ""
    """What it is for."""
    enabled: bool = True
    """Whether it may be called."""
    slug: str
    """The end of its address, which nobody can guess."""
    template: str = DEFAULT_TEMPLATE
    """Makes the JSON of an event of a call."""
    authentication: Authentication = "none"
    """What a caller has to show besides knowing the address."""
    received: int = 0
    """How many calls became events."""
    refused: int = 0
    """How many calls did not."""
    last_received: datetime | None = None
    """When the last call came that became an event."""
    last_refused: datetime | None = None
    """When the last call came that did not."""
    refusal: str | None = None
    """Why that one did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookUpdate:
    """What is to change about a webhook; what is not given stays."""

    name: str | None = None
    """What it is called from now on."""
    description: str | None = None
    """What it is for."""
    template: str | None = None
    """The template from now on."""
    enabled: bool | None = None
    """Whether it may be called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request to the address of a webhook, read to its end."""

    method: str
    """GET, POST, ..."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Its headers, their names in small letters."""
    query: Mapping[str, str] = field(default_factory=dict)
    """What stands behind the `?` of the address."""
    body: bytes = b""
    """What was sent."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the calls of a webhook since it was last written down; moments in microseconds since the epoch."""

    received: int = 0
    """How many became events."""
    refused: int = 0
    """How many did not."""
    last_received: int | None = None
    """When the last came that became one."""
    last_refused: int | None = None
    """When the last came that did not."""
    refusal: str | None = None
    """Why it did not."""


class Headers(dict[str, str]):
    """Headers as templates see them: asked for in any case, and without those that prove who calls.

    >>> headers = Headers({"X-GitHub-Event": "push", "authorization": "Bearer x"})
    >>> headers["x-github-event"], headers.get("X-Github-Event"), "authorization" in headers
    ('push', 'push', False)
    """

    __slots__ = ()

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__({name.lower(): value for name, value in headers.items()})
        for name in PROOFS:
            dict.pop(self, name, None)

    def __getitem__(self, name: str) -> str:
        return dict.__getitem__(self, name.lower())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and dict.__contains__(self, name.lower())

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a header, or else the default."""
        return dict.get(self, name.lower(), default)


FIRING_HEADER = "pacc-firing"
"""The header in which a call that an automation makes names the firing."""

PROOFS = (
    "authorization", "cookie", "proxy-authorization", "x-gitlab-token", "x-hub-signature", "x-hub-signature-256",
    "webhook-signature", "x-pacc-token",
)  # fmt: skip
"""Headers that no template sees: who has them could call as well."""


def checked_name(name: str) -> str:
    """Return a name a webhook may have.

    Raises:
        InvalidNameError: it is empty, too long, or not on one line.

    >>> checked_name("GitHub pushes")
    'GitHub pushes'
    """
    if not name.strip() or not name.isprintable():
        raise InvalidNameError(f"a webhook's name is one line of text, not {name!r}")
    if len(name) > MAX_NAME_LENGTH:
        raise InvalidNameError(
            f"a webhook's name has {MAX_NAME_LENGTH} characters at most, not {len(name):,}"
        )
    return name


def checked_secret(secret: str) -> str:
    """Return a token or a secret that calls may be told by.

    Raises:
        InvalidValueError: it is too short to keep anybody out, or not of plain characters.
    """
    if len(secret) < SHORTEST_SECRET or not (secret.isascii() and secret.isprintable()) or " " in secret:
        raise InvalidValueError(
            f"the secret of a webhook has {SHORTEST_SECRET} plain characters at least, and no space among them"
        )
    return secret
