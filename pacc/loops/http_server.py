"""What the server answers over HTTP: webhooks, and whether it is well.

Nothing of a call is looked at before all of it has come, and what is too much, too slow or too often is cut off before that, so a
caller learns the same of an address that is there as of one that is not. Needs the extra `pacc[server]`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc.exceptions import EncryptionKeyError, ServerError, StoreError
from pacc.schemas.webhooks import Call, Tally
from pacc.services import webhooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from pacc.store import Store

LARGEST_BODY = 1024 * 1024
"""Bytes that a call may send."""
LARGEST_HEADERS = 16 * 1024
"""Bytes that the headers of a call may take."""
MOST_SECONDS = 10.0
"""Seconds that headers may take to come, and that a body may."""
CALLS_A_SECOND = 500
"""Calls a second that each address takes in the long run, twice as many at once."""
MOST_AT_ONCE = 32
"""Calls that are read at once; others wait."""
MOST_WAITING = 256
"""Calls that are there at once, read or not; more are sent away."""
MOST_CONNECTIONS = 1000
"""Connections that may be open."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""How an address may be called."""

_THREADS = 8
_START_SECONDS = 10.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MOST_ADDRESSES = 1000
_COUNT_SECONDS = 1.0
_log = logging.getLogger("pacc.webhooks")


class HttpServer:
    """Answers in a thread of its own, from `start` to `stop`.

    Args:
        store: where webhooks and events are kept.
        host: the address to listen on.
        port: the port; 0 for any that is free.
        keep_alive: seconds after which a connection that says nothing is closed.
        hosts: names that callers may know this machine by, besides those of loopback; `*` stands for all.

    Example:
        >>> server = HttpServer(store, "127.0.0.1", 0)  # doctest: +SKIP
        >>> server.start(); server.url  # doctest: +SKIP
        'http://127.0.0.1:41833'
    """

    def __init__(
        self, store: Store, host: str, port: int, *, keep_alive: int = 5, hosts: Iterable[str] = ()
    ) -> None:
        self._require_packages()
        self._socket = _listening(host, port)
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._socket.getsockname()[1]}"
        """Where it answers."""
        self._door = Door(store, _allowed(host, hosts))
        self._keep_alive = keep_alive
        self._server: Any = None
        self._thread: threading.Thread | None = None

    @staticmethod
    def _require_packages() -> None:
        try:
            import starlette  # noqa: F401 - start-up: only who answers needs them
            import uvicorn  # noqa: F401 - start-up: as above
        except ImportError:
            raise ServerError(
                "webhooks are answered with the packages starlette and uvicorn, which are not installed",
                hint="Install the extra: pip install 'pacc[server]', or keep house alone: pacc server start --no-http",
            ) from None

    def start(self) -> None:
        """Begin to answer.

        Raises:
            ServerError: it did not begin within ten seconds.
        """
        from uvicorn import Config, Server  # start-up: only who answers needs them

        config = Config(
            self._door.app(),
            http=_impatient(),
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_keep_alive=self._keep_alive,
            timeout_graceful_shutdown=5,
            h11_max_incomplete_event_size=LARGEST_HEADERS,
        )
        self._server = Server(config)
        run = self._server.serve
        self._thread = threading.Thread(
            target=lambda: asyncio.run(run(sockets=[self._socket])), name="pacc-http", daemon=True
        )
        self._thread.start()
        until = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if time.monotonic() > until or not self._thread.is_alive():
                self.stop()
                raise ServerError(f"nobody answers at {self.url}")
            time.sleep(0.005)

    def stop(self) -> None:
        """Answer those who are waiting, then no more."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(_START_SECONDS)
        self._socket.close()
        self._door.close()


class Door:
    """What happens between a request and the services.

    Args:
        store: where webhooks and events are kept.
        hosts: names that callers may know this machine by; `None` stands for all.
    """

    def __init__(self, store: Store, hosts: frozenset[str] | None = None) -> None:
        self._store = store
        self._hosts = hosts
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="pacc-webhook")
        self._reading = asyncio.Semaphore(MOST_AT_ONCE)
        self._there = 0
        self._throttle = Throttle()
        self._tallies = Tallies(store)

    def app(self) -> Starlette:
        """Return what answers, as an ASGI application."""
        from starlette.applications import Starlette  # start-up: only who answers needs it
        from starlette.routing import Route  # start-up: as above

        return Starlette(
            routes=[
                Route("/hooks/{slug}", self.hook, methods=list(METHODS)),
                *(Route(path, self.health) for path in ("/health", "/api/health")),
                *(Route(path, self.ready) for path in ("/ready", "/api/ready")),
            ],
            exception_handlers={404: _nowhere, 405: _nowhere},
        )

    def close(self) -> None:
        """Finish what is under way, and write down what became of calls."""
        self._threads.shutdown()
        self._tallies.close()

    async def health(self, request: Request) -> Response:
        """Say that the process answers."""
        return _answer(200, "ok") if self._knows(request) else _answer(404)

    async def ready(self, request: Request) -> Response:
        """Say whether calls can be taken: whether the store can be read."""
        if not self._knows(request):
            return _answer(404)
        try:
            await self._in_thread(webhooks.has_any, self._store)
        except StoreError as error:
            _log.warning("Not ready: %s", error)
            return _answer(503, "the store cannot be used")
        return _answer(200, "ready")

    async def hook(self, request: Request) -> Response:
        """Take a call."""
        slug = str(request.path_params["slug"])
        if request.method not in METHODS or not self._knows(request):
            return _answer(404)
        if not self._throttle.allows(slug) or self._there >= MOST_WAITING:
            return _answer(429, "too many calls")
        self._there += 1
        try:
            async with self._reading:
                call = await _read(request)
                return call if not isinstance(call, Call) else await self._taken(slug, call)
        finally:
            self._there -= 1

    async def _taken(self, slug: str, call: Call) -> Response:
        try:
            status, why = await self._in_thread(self._take, slug, call)
        except Exception:  # noqa: BLE001 - the border to whoever calls; the log has it
            _log.exception("A call was not taken")
            return _answer(500, "something went wrong")
        return _answer(status, why)

    def _take(self, slug: str, call: Call) -> tuple[int, str]:
        """Hand a call over, and return how it is answered; in a thread of its own."""
        try:
            received = webhooks.receive(self._store, slug, call)
        except webhooks.NoEvent as error:
            self._tallies.refuse(error.webhook_id, str(error))
            return 422, str(error)
        except webhooks.Refused as error:
            self._tallies.refuse(error.webhook_id, str(error))
            return 404, ""
        except EncryptionKeyError as error:
            _log.error("A call was not taken: %s", error)
            return 404, ""
        except StoreError as error:
            _log.warning("A call was not taken: %s", error)
            return 503, "the store cannot be used"
        self._tallies.receive(str(received.webhook.id))
        return 204, ""

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    def _knows(self, request: Request) -> bool:
        """Say whether the caller knows this machine by a name of its own: a page in a browser may make up another."""
        name = _host(request.headers.get("host", ""))
        if self._hosts is None or name in self._hosts:
            return True
        if self._throttle.allows("hosts", most=1):
            _log.warning("Refused a call to %r: PACC_SERVER_API_ALLOWED_HOSTS does not name that host", name)
        return False


class Throttle:
    """Allows so many calls a second to each address, whether or not it is there.

    Args:
        passed: says how many seconds have passed since some moment.
    """

    def __init__(self, passed: Callable[[], float] = time.monotonic) -> None:
        self._passed = passed
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, address: str, *, most: float = CALLS_A_SECOND) -> bool:
        """Say whether one more call may come; `most` is how many may in a second."""
        now = self._passed()
        left, since = self._left.pop(address, (2 * most, now))
        left = min(2 * most, left + (now - since) * most)
        self._left[address] = (left - 1 if left >= 1 else left, now)
        if len(self._left) > _MOST_ADDRESSES:
            self._left.popitem(last=False)
        return left >= 1


class Tallies:
    """Adds up what becomes of calls, and writes it down once a second.

    Args:
        store: where webhooks are kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._tallies: dict[str, Tally] = {}
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._keep_writing, name="pacc-tallies", daemon=True)
        self._thread.start()

    def receive(self, webhook_id: str) -> None:
        """One more call became an event."""
        with self._lock:
            tally = self._tallies.setdefault(webhook_id, Tally())
            tally.received += 1
            tally.last_received = clock.now()

    def refuse(self, webhook_id: str | None, why: str) -> None:
        """One more call did not; it was to no webhook where there is no id."""
        if webhook_id is None:
            return
        with self._lock:
            tally = self._tallies.setdefault(webhook_id, Tally())
            tally.refused += 1
            tally.last_refused, tally.refusal = clock.now(), why

    def close(self) -> None:
        """Write down what is left."""
        self._closed.set()
        self._thread.join()
        self._write()

    def _keep_writing(self) -> None:
        while not self._closed.wait(_COUNT_SECONDS):
            self._write()

    def _write(self) -> None:
        with self._lock:
            tallies, self._tallies = self._tallies, {}
        for webhook_id, tally in tallies.items():
            try:
                webhooks.count(self._store, webhook_id, tally)
            except StoreError as error:
                _log.warning("What became of calls could not be written: %s", error)


async def _read(request: Request) -> Call | Response:
    """Return a request that has come to its end, or the answer to one that does not, or is too large."""
    from starlette.requests import ClientDisconnect  # start-up: only who answers needs it

    body = bytearray()
    try:
        async with asyncio.timeout(MOST_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST_BODY:
                    return _answer(413, f"a call sends {LARGEST_BODY:,} bytes at most", close=True)
    except TimeoutError:
        return _answer(408, "the call did not come to its end", close=True)
    except ClientDisconnect:
        return _answer(400, close=True)
    return Call(
        method=request.method,
        headers=dict(request.headers),
        query=dict(request.query_params),
        body=bytes(body),
    )


def _nowhere(request: Request, error: Exception) -> Response:
    """Answer who asks for what is not here as who may not ask."""
    del request, error
    return _answer(404)


def _answer(status: int, why: str = "", *, close: bool = False) -> Response:
    from starlette.responses import JSONResponse, Response  # start-up: only who answers needs them

    headers = {"connection": "close"} if close else {}
    if status in (429, 503):
        headers["retry-after"] = "1"
    if status == 204:
        return Response(status_code=204, headers=headers)
    told = {"status": why} if status == 200 else {"detail": why or "Not Found"}
    return JSONResponse(told, status_code=status, headers=headers)


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        ServerError: nobody can listen there.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.create_server(address[:2], family=family, backlog=256)
    except (OSError, OverflowError, UnicodeError) as error:
        raise ServerError(
            f"nobody can listen on {host}:{port}: {_why(error)}",
            hint="Choose another: pacc server start --port PORT",
        ) from None
    return listening


def _why(error: Exception) -> str:
    """Return what the system says of an error, without what was added to it on the way."""
    if isinstance(error, socket.gaierror) or not isinstance(error, OSError) or error.errno is None:
        return getattr(error, "strerror", None) or str(error)
    return os.strerror(error.errno)


def _allowed(host: str, hosts: Iterable[str]) -> frozenset[str] | None:
    """Return the names a caller may use; on an address that others reach any, unless some are named."""
    named = frozenset(each.lower() for each in hosts)
    if "*" in named or (host.lower() not in _LOOPBACK and not named):
        return None
    return named | _LOOPBACK | {host.lower()}


def _host(header: str) -> str:
    """Return the name in a `Host` header.

    >>> _host("Example.org:80"), _host("[::1]:4200"), _host("")
    ('example.org', '::1', '')
    """
    name = header.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0]


def _impatient() -> Any:
    """Return uvicorn's protocol with an end to its patience: a connection whose request does not come is closed."""
    from uvicorn.protocols.http.h11_impl import H11Protocol  # start-up: only who answers needs it

    class Impatient(H11Protocol):
        """Closes a connection that begins a request and does not go on."""

        _patience: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            """Begin to wait for a request."""
            super().connection_made(transport)  # type: ignore[arg-type]  # it is a transport of a socket
            self._wait()

        def data_received(self, data: bytes) -> None:
            """Take what came, and wait for what is missing."""
            super().data_received(data)
            if self._is_idle():
                self._wait()
            elif self._patience is not None:
                self._patience.cancel()
                self._patience = None

        def connection_lost(self, exc: Exception | None) -> None:
            """Wait no longer."""
            super().connection_lost(exc)
            if self._patience is not None:
                self._patience.cancel()

        def _is_idle(self) -> bool:
            return self.cycle is None or self.cycle.response_complete

        def _wait(self) -> None:
            if self._patience is None:
                self._patience = self.loop.call_later(MOST_SECONDS, self._give_up)

        def _give_up(self) -> None:
            self._patience = None
            if self._is_idle():
                with contextlib.suppress(OSError):
                    self.transport.close()

    return Impatient
