"""A process that does nothing but keep house, for people who want one place for it; nothing else needs it.

There is one in each home. It holds a lock on a file that names it for as long as it lives, so who asks is never told of a dead one.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pacc._internal import processes, sessions
from pacc.exceptions import ServerError
from pacc.loops.household import keeping_house
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from pacc.store import Store

LOCK = "server.lock"
"""The file in the home that the server holds a lock on."""
LOG = "server.log"
"""The file in the home that a server in the background writes to."""

_LOOK_SECONDS = 0.02


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


def run(store: Store, *, begun: Callable[[], None]) -> None:
    """Keep house until Ctrl-C or SIGTERM.

    Args:
        store: the store to look after.
        begun: called once that has begun.

    Raises:
        ServerError: another one does already.
        StoreError: the store cannot be used.
    """
    told = threading.Event()
    with _only_one(store.home), _told_by_signals(told), keeping_house(store):
        begun()
        told.wait()


def _settings() -> dict[str, str]:
    """What this process was set to, so that the server knows of a profile asked for by name and where the profiles are."""
    return get_current_settings().to_environment_variables(exclude_unset=True)


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
    while (running(home) or {}).get("pid") != server.pid:
        if server.poll() is not None or time.monotonic() >= deadline:
            server.kill()
            server.wait()
            raise ServerError(_last_words(home / LOG, begin))
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


@contextmanager
def _only_one(home: Path) -> Generator[None, None, None]:
    descriptor = os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _already(_described(descriptor)) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(sessions.describe()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


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
        return dict(json.loads(os.pread(descriptor, 4096, 0)))
    except ValueError:
        return {"pid": None}


def _already(server: dict[str, Any]) -> ServerError:
    return ServerError(f"a server runs already, process {server['pid']}", hint="pacc server stop")


def _last_words(log: Path, begin: int) -> str:
    said = log.read_bytes()[begin:].decode(errors="replace").strip().splitlines()
    errors = [line.removeprefix("Error: ") for line in said if line.startswith("Error: ")]
    why = (errors or said or ["it said nothing"])[-1]
    return f"the server did not start: {why}"
