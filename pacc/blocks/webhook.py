"""A block that calls an address over HTTP: `Webhook`. The address and the headers are secrets, most services put their token there."""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from pacc._internal.redaction import redact
from pacc._internal.steps import in_a_thread
from pacc.blocks.core import Block
from pacc.blocks.fields import SecretDict
from pacc.context import either_colour
from pacc.exceptions import InvalidValueError, PaccException

__all__ = ["Webhook", "WebhookError", "WebhookResponse"]

TIMEOUT_SECONDS = 10.0
"""How long connecting, and each wait for more of the answer, may take."""

MOST_BYTES = 10 << 20
"""How much of an answer is read."""


class WebhookError(PaccException):
    """The address could not be called, or answered with an error."""


class WebhookResponse(NamedTuple):
    """What the address answered.

    >>> WebhookResponse(200, {}, b'{"ok": true}').json()
    {'ok': True}
    """

    status_code: int
    """The HTTP status."""
    headers: dict[str, str]
    """The headers, by lower-case names."""
    content: bytes
    """The body."""

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8", "replace")

    @property
    def is_success(self) -> bool:
        """Whether the status says that it went well."""
        return 200 <= self.status_code < 300

    def json(self) -> Any:
        """Return the body's value, if it is JSON.

        Raises:
            ValueError: it is not.
        """
        return json.loads(self.content)

    def raise_for_status(self) -> WebhookResponse:
        """Return the answer if it went well.

        Raises:
            WebhookError: it did not.
        """
        if not self.is_success:
            raise WebhookError(f"the webhook answered with status {self.status_code}")
        return self


def _call(self: Webhook, payload: dict[str, Any] | str | None = None) -> WebhookResponse:
    """Call the address and return what it answered, whatever the status. Redirections are not followed.

    Args:
        self: the block.
        payload: what to send: a dict as JSON, text as it is.

    Raises:
        WebhookError: it could not be called, or took too long.
        InvalidValueError: it is no address of HTTP, or a private one where those are not allowed.

    >>> Webhook(url="http://127.0.0.1:1/").call({"hello": "world"})
    Traceback (most recent call last):
    ...
    pacc.blocks.webhook.WebhookError: the webhook could not be called: Connection refused
    """
    address = urlsplit(self.url.get_secret_value())
    if address.scheme not in ("http", "https") or not address.hostname:
        raise InvalidValueError("a webhook's url begins with http:// or https:// and names a host")
    headers = {"user-agent": "pacc", **_headers_of(payload), **self._given_headers()}
    target = f"{address.path or '/'}{f'?{address.query}' if address.query else ''}"
    connection = _Connection(self, address.hostname, address.port or _PORTS[address.scheme], address.scheme)
    try:
        connection.request(self.method, target, _body_of(payload), headers)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return WebhookResponse(answer.status, told, answer.read(MOST_BYTES))
    except (OSError, http.client.HTTPException) as error:
        problem = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise WebhookError(f"the webhook could not be called: {redact(problem)}") from None
    finally:
        connection.close()


_PORTS = {"http": 80, "https": 443}


def _headers_of(payload: dict[str, Any] | str | None) -> dict[str, str]:
    return {} if payload is None or isinstance(payload, str) else {"content-type": "application/json"}


def _body_of(payload: dict[str, Any] | str | None) -> bytes | None:
    if payload is None:
        return None
    return (payload if isinstance(payload, str) else json.dumps(payload)).encode()


class Webhook(Block):
    """An address that is called over HTTP.

    Attributes:
        method: the request's method.
        url: the address; it is a secret.
        headers: headers to send; their values are secrets.
        allow_private_urls: whether an address of this machine or of a private network may be called.
        verify: whether the certificate of an https address has to be good.

    Example:
        from pacc.blocks.webhook import Webhook

        Webhook(url="https://hooks.example/T0K3N").save("deploys")
        Webhook.load("deploys").call({"text": "done"}).raise_for_status()
    """

    _block_type_name = "Webhook"

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = Field(
        "POST", description="The request's method."
    )
    url: SecretStr = Field(description="The address to call.", examples=["https://hooks.example/T0K3N"])
    headers: SecretDict = Field(
        default_factory=lambda: SecretDict({}), description="Headers to send, by their names."
    )
    allow_private_urls: bool = Field(
        default=True, description="Whether addresses of this machine and of private networks may be called."
    )
    verify: bool = Field(default=True, description="Whether an https address needs a good certificate.")

    call = either_colour(_call, in_a_thread)
    acall = in_a_thread(_call)

    def _given_headers(self) -> dict[str, str]:
        return {str(name).lower(): str(value) for name, value in self.headers.get_secret_value().items()}


class _Connection(http.client.HTTPConnection):
    """Connects to the very address that was looked at, so that a name cannot mean another one the second time."""

    def __init__(self, webhook: Webhook, host: str, port: int, scheme: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS)
        self._webhook = webhook
        self._is_secure = scheme == "https"

    def connect(self) -> None:
        """Connect to the first address that can be reached and may be called."""
        self.sock = self._reached()
        if self._is_secure:
            context = ssl.create_default_context()
            if not self._webhook.verify:
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def _reached(self) -> socket.socket:
        problem: OSError = OSError("the host has no address")
        for family, kind, protocol, _, address in socket.getaddrinfo(
            self.host, self.port, type=socket.SOCK_STREAM
        ):
            if not self._webhook.allow_private_urls and not ipaddress.ip_address(address[0]).is_global:
                raise InvalidValueError("the webhook's url leads to a private address, which is not allowed")
            made = socket.socket(family, kind, protocol)
            try:
                made.settimeout(TIMEOUT_SECONDS)
                made.connect(address)
            except OSError as error:
                made.close()
                problem = error
            else:
                return made
        raise problem
