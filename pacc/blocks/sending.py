"""How notifications leave this machine: through Apprise, as a plain call of an address, or onto the desktop; each within a time.

A service that is down or slow must not hold up whoever reports to it, so every way has a timeout, and an error says in a line what
went wrong without the address, which is a secret.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import logging
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pacc._internal.redaction import SHORTEST, hide, redact
from pacc.blocks.abstract import NotificationError
from pacc.exceptions import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

CONNECT_SECONDS = 4.0
"""How long connecting may take."""
READ_SECONDS = 6.0
"""How long each wait for an answer may take."""
_MOST_BYTES = 1 << 16
_PORTS = {"http": 80, "https": 443}
_SHORTEST_VALUE = 8
_SHORTEST_PART = 12
"""Shorter parts of a path are words such as `services`, which are no secrets and may stand anywhere."""


def hide_parts(url: str) -> None:
    """Have the parts of an address masked that are or may be secrets, wherever this process shows or logs text."""
    try:
        parts = urlsplit(url)
        password = parts.password
    except ValueError:  # no address at all
        return
    long_parts = [parts.netloc.rpartition("@")[0], *parts.path.split("/"), parts.query]
    values = [each.partition("=")[2] for each in parts.query.split("&")]
    for text, shortest in (
        (password or "", SHORTEST),
        *((each, _SHORTEST_VALUE) for each in values),
        *((each, _SHORTEST_PART) for each in long_parts),
    ):
        if len(text) >= shortest:
            hide(text)
            hide(unquote(text))


def require_public(url: str) -> None:
    """Refuse an address that leads to this machine or into a private network.

    Raises:
        InvalidValueError: it does, or names no host.
        NotificationError: the host cannot be found.
    """
    host = urlsplit(url).hostname
    if not host:
        raise InvalidValueError("the url names no host")
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotificationError(f"the host could not be found: {_problem(error)}") from None
    if not all(ipaddress.ip_address(address[0]).is_global for *_, address in found):
        raise InvalidValueError("the url leads to a private address, which is not allowed")


# -- plain HTTP ----------------------------------------------------------------------------------------------------------


def call(
    url: str,
    *,
    method: str = "POST",
    payload: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = READ_SECONDS,
) -> None:
    """Call an address; anything but a 2xx is an error, a redirection too: what was sent would not arrive.

    Args:
        url: it begins with http:// or https://.
        method: the request's method.
        payload: its body.
        headers: its headers.
        timeout: seconds that connecting, and each wait for the answer, may take.

    Raises:
        NotificationError: it could not be called, took too long, or answered something else.
        InvalidValueError: it is no address of HTTP.
    """
    try:
        address = urlsplit(url)
        port = address.port
    except ValueError:
        raise InvalidValueError("the url cannot be read") from None
    if address.scheme not in _PORTS or not address.hostname:
        raise InvalidValueError("a webhook's url begins with http:// or https:// and names a host")
    connection: http.client.HTTPConnection
    if address.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(address.hostname, port, timeout=timeout, context=context)
    else:
        connection = http.client.HTTPConnection(address.hostname, port, timeout=timeout)
    target = f"{address.path or '/'}{f'?{address.query}' if address.query else ''}"
    try:
        connection.request(method, target, payload, {"user-agent": "pacc", **(headers or {})})
        answer = connection.getresponse()
        answer.read(_MOST_BYTES)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotificationError(f"the address could not be called: {redact(_problem(error))}") from None
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise NotificationError(f"the address answered with status {answer.status}")


def post_json(url: str, values: Mapping[str, Any], *, timeout: float = READ_SECONDS) -> None:
    """Send values of JSON to an address; see `call`."""
    call(
        url,
        payload=json.dumps(dict(values)).encode(),
        headers={"content-type": "application/json"},
        timeout=timeout,
    )


def _problem(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


# -- Apprise -------------------------------------------------------------------------------------------------------------


def service_of(url: str) -> Any:
    """Return what Apprise makes of an address, `None` where it knows no such service."""
    from apprise import Apprise  # start-up

    hide_parts(url)
    with _quiet():
        try:
            return Apprise.instantiate(url, asset=_asset())
        except (TypeError, ValueError):  # Apprise's own parsing trips over what is no address
            return None


def plugin(module: str, name: str) -> Any:
    """Return a class of Apprise's services."""
    return getattr(import_module(f"apprise.plugins.{module}"), name)


def made_service(module: str, name: str, **fields: Any) -> Any:
    """Return a service of Apprise.

    Args:
        module: where its class is, below `apprise.plugins`.
        name: what its class is called.
        fields: what it is made with.

    Raises:
        InvalidValueError: Apprise finds something wrong; the message says what.
    """
    kind = plugin(module, name)
    with _quiet() as said:
        try:
            return kind(**fields, asset=_asset())
        except (TypeError, ValueError) as error:
            raise InvalidValueError(redact(said[-1] if said else str(error))) from None


def send_by(service: Any, body: str, subject: str | None, notify_type: str) -> None:
    """Send through a service of Apprise.

    Args:
        service: see `service_of`.
        body: what to say, plain text.
        subject: its subject, if it has one.
        notify_type: `info`, `success`, `warning` or `failure`.

    Raises:
        NotificationError: it could not be sent; the message says why as far as Apprise does.
    """
    from apprise import Apprise, NotifyFormat, NotifyType  # start-up

    service.socket_connect_timeout = min(service.socket_connect_timeout, CONNECT_SECONDS)
    service.socket_read_timeout = min(service.socket_read_timeout, READ_SECONDS)
    client = Apprise(asset=_asset())
    client.add(service)
    with _quiet() as said:
        sent = client.notify(
            body=body,
            title=subject or "",
            notify_type=NotifyType(notify_type),
            body_format=NotifyFormat.TEXT,
        )
    if not sent:
        why = redact(" ".join(" ".join(said[-2:]).split()))
        raise NotificationError(why or "the service did not take it")


def _asset() -> Any:
    """Return what holds for all services: nothing is written to disk, no redirection followed, nothing in texts obeyed.

    A time limit of Apprise's own would put the work into threads that the interpreter waits for at its end.
    """
    from apprise import AppriseAsset  # start-up

    return AppriseAsset(
        app_id="pacc",
        app_desc="pacc",
        app_url="",
        storage_mode="memory",
        service_timeout=0,
        async_mode=False,
        http_redirects=False,
        interpret_escapes=False,
        interpret_emojis=False,
        secure_logging=True,
    )


class _Listener(logging.Filter):
    """Keeps what one thread warns of, and keeps it away from the handlers of the program, which may write it anywhere."""

    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self._said = said
        self._thread = threading.get_ident()

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep a record of this thread, and let others pass."""
        if record.thread != self._thread:
            return True
        if record.levelno >= logging.WARNING:
            self._said.append(record.getMessage())
        return False


@contextmanager
def _quiet() -> Generator[list[str], None, None]:
    """Keep what Apprise says in this thread for the error, and out of the program's own log: it may hold secrets."""
    said: list[str] = []
    listener = _Listener(said)
    loggers = [logging.getLogger(name) for name in ("apprise", "urllib3.connectionpool")]
    for logger in loggers:
        logger.addFilter(listener)
    try:
        yield said
    finally:
        for logger in loggers:
            logger.removeFilter(listener)


# -- the desktop ---------------------------------------------------------------------------------------------------------

_SCRIPT = "on run argv\ndisplay notification (item 1 of argv) with title (item 2 of argv)\nend run"


def show_on_desktop(body: str, subject: str | None, *, urgent: bool) -> None:
    """Show a message on this machine's desktop: by `notify-send`, or `osascript` on a Mac.

    Raises:
        NotificationError: neither is there, or it failed, as it does where nobody is logged in.
    """
    title = subject or "pacc"
    if sys.platform == "darwin":
        command = ["osascript", "-e", _SCRIPT, body, title]
    else:
        urgency = "critical" if urgent else "normal"
        command = ["notify-send", "--app-name=pacc", f"--urgency={urgency}", "--", title, body]
    path = shutil.which(command[0])
    if path is None:
        raise NotificationError(f"`{command[0]}` is not installed, which shows messages on the desktop")
    try:
        ended = subprocess.run(  # noqa: S603 - texts are arguments, no shell reads them
            [path, *command[1:]],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=READ_SECONDS,
            check=False,
            env=os.environ,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotificationError(f"`{command[0]}` did not end well: {_problem(error)}") from None
    if ended.returncode:
        said = ended.stderr.decode(errors="replace").strip().splitlines() or ["it did not say why"]
        raise NotificationError(f"`{command[0]}` failed: {said[-1]}")
