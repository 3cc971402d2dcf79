"""A process that does nothing but keep house, for people who want one place for it, and answer the calls of webhooks.

There is one in each home. It holds a lock on a file that names it for as long as it lives, so who asks is never told of a dead one.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pacc._internal import processes, sessions
from pacc.exceptions import ServerError, StoreError
from pacc.services import webhooks
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from pacc.loops.http_server import HttpServer
    from pacc.store import Store

LOCK = "server.lock"
"""The file in the home that the server holds a lock on."""
LOG = "server.log"
"""The file in the home that a server in the background writes to."""

_LOOK_SECONDS = 0.02
_LOOK_FOR_WEBHOOKS_SECONDS = 0.5
_AGAIN_SECONDS = 30.0
_ROOM = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """How a server answers over HTTP."""

    host: str
    """The address it listens on."""
    port: int
    """The port; 0 for any that is free."""
    keep_alive: int = 5
    """Seconds after which a connection that says nothing is closed."""
    hosts: tuple[str, ...] = ()
    """Names by which callers may know the machine."""
    at_once: bool = False
    """Whether it answers from the beginning, and not from the first webhook on."""


def running(home: Path) -> dict[str, Any] | None:
    """Return what names the server's process in a home (pid, command, host, when it was started), `None` where none runs.

    Example:
        >>> running(Path("/nowhere")) is None
        True
    """
    try:
        descriptor = os.open(home / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _described(descriptor)
    finally:
        os.close(descriptor)
    return None


def run(
    store: Store, *, begun: Callable[[str | None], None], http: Http | None = None, housekeeping: bool = True
) -> None:
    """Keep house, and answer the calls of webhooks, until Ctrl-C or SIGTERM.

    Args:
        store: the store to look after.
        begun: called once that has begun, with the address it answers at, if it does.
        http: how it answers; not at all by default.
        housekeeping: whether it keeps house.

    Raises:
        ServerError: another one does already, or it cannot answer as it should.
        StoreError: the store cannot be used.
    """
    told = threading.Event()
    with ExitStack() as stack:
        described = stack.enter_context(_only_one(store.home))
        stack.enter_context(_told_by_signals(told))
        answering = Answering(store, http)
        stack.callback(answering.stop)
        if http is not None and (http.at_once or webhooks.has_any(store)):
            answering.start()
        if housekeeping:
            from pacc.loops.household import keeping_house  # start-up: who only asks for a server keeps none

            stack.enter_context(keeping_house(store))
        _describe(described, ready=True, url=answering.url)
        begun(answering.url)
        while not told.wait(None if http is None or answering.url else _LOOK_FOR_WEBHOOKS_SECONDS):
            if answering.begin_when_wanted():
                _describe(described, ready=True, url=answering.url)


class Answering:
    """Answers over HTTP as soon as there is a webhook to be called.

    Args:
        store: where webhooks are.
        http: how it answers; `None` where it does not.
    """

    def __init__(self, store: Store, http: Http | None) -> None:
        self._store = store
        self._http = http
        self._server: HttpServer | None = None
        self._not_before = 0.0

    @property
    def url(self) -> str | None:
        """Where it answers, `None` while it does not."""
        return None if self._server is None else self._server.url

    def start(self) -> None:
        """Begin to answer.

        Raises:
            ServerError: it cannot: packages are missing, or the port is taken.
        """
        from pacc.loops.http_server import HttpServer  # start-up: most servers are not called

        if self._http is None:
            return
        server = HttpServer(
            self._store,
            self._http.host,
            self._http.port,
            keep_alive=self._http.keep_alive,
            hosts=self._http.hosts,
        )
        server.start()
        self._server = server

    def begin_when_wanted(self) -> bool:
        """Begin to answer if the first webhook has been made meanwhile, and say whether that was so; the log has what is in the way."""
        log = logging.getLogger("pacc.webhooks")
        if time.monotonic() < self._not_before:
            return False
        try:
            if webhooks.has_any(self._store):
                self.start()
                log.info("Webhooks are answered at %s", self.url)
                return True
        except (ServerError, StoreError) as error:
            self._not_before = time.monotonic() + _AGAIN_SECONDS
            log.warning("Webhooks are not answered: %s. %s", error, error.hint or "")
        return False

    def stop(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.stop()


def start(home: Path, options: Sequence[str] = (), *, patience: float = 20.0) -> int:
    """Start a server that stays when this process has ended, and return its pid once it keeps house.

    Args:
        home: whose store it looks after.
        options: options of `pacc server start`.
        patience: seconds it may take.

    Raises:
        ServerError: one runs already, or it did not come up; the message has its last words.
    """
    if (other := running(home)) is not None:
        raise _already(other)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    log = os.open(home / LOG, flags, 0o600)
    try:
        begin = os.fstat(log).st_size
        server = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "pacc", "server", "start", *options],
            env={**os.environ, **_settings(), "PACC_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    finally:
        os.close(log)
    deadline = time.monotonic() + patience
    while not (found := running(home) or {}).get("ready") or found["pid"] != server.pid:
        if server.poll() is not None or time.monotonic() >= deadline:
            server.kill()
            server.wait()
            raise _last_words(home / LOG, begin)
        time.sleep(_LOOK_SECONDS)
    server.returncode = 0  # it outlives this process, which need not wait for it
    return server.pid


def stop(home: Path, *, patience: float = 10.0) -> int | None:
    """End the server of a home and return its pid, `None` where none ran.

    Args:
        home: whose server.
        patience: seconds after which it is killed.
    """
    server = running(home)
    if server is None:
        return None
    pid = int(server["pid"])
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while running(home) is not None and processes.start_time(pid) == server["started"]:
        if time.monotonic() >= deadline:
            os.kill(pid, signal.SIGKILL)
            deadline = float("inf")
        time.sleep(_LOOK_SECONDS)
    return pid


def _settings() -> dict[str, str]:
    """What this process was set to, so that the server knows of a profile asked for by name and where the profiles are."""
    return get_current_settings().to_environment_variables(exclude_unset=True)


@contextmanager
def _only_one(home: Path) -> Generator[int, None, None]:
    """Hold the lock for the length of the block, and give the descriptor of its file."""
    descriptor = os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _already(_described(descriptor)) from None
        _describe(descriptor, ready=False, url=None)
        yield descriptor
    finally:
        os.close(descriptor)


def _describe(descriptor: int, *, ready: bool, url: str | None) -> None:
    """Write down which process this is and where it answers, always in as many bytes, so that nobody reads half of it."""
    told = json.dumps({**sessions.describe(), "ready": ready, "url": url})
    os.pwrite(descriptor, told.encode().ljust(_ROOM), 0)


@contextmanager
def _told_by_signals(told: threading.Event) -> Generator[None, None, None]:
    before = {
        number: signal.signal(number, lambda *_: told.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _described(descriptor: int) -> dict[str, Any]:
    """Return what a server has written of itself; one that has just begun may not have yet."""
    try:
        return dict(json.loads(os.pread(descriptor, _ROOM, 0)))
    except ValueError:
        return {"pid": None}


def _already(server: dict[str, Any]) -> ServerError:
    return ServerError(f"a server runs already, process {server['pid']}", hint="pacc server stop")


def _last_words(log: Path, begin: int) -> ServerError:
    """Return why a server did not start, and the next step where it named one, as its log has them."""
    said = log.read_bytes()[begin:].decode(errors="replace").strip().splitlines()
    errors = [at for at, line in enumerate(said) if line.startswith("Error: ")]
    if not errors:
        return ServerError(f"the server did not start: {(said or ['it said nothing'])[-1]}")
    why, *hint = said[errors[-1] : errors[-1] + 2]
    return ServerError(
        f"the server did not start: {why.removeprefix('Error: ')}",
        hint=hint[0].removeprefix("See: ") if hint else None,
    )
