"""A session: one process's word that the runs it started are alive.

A process that executes runs holds a POSIX record lock on a file of its own below the home, and each of its runs names that
session. The system drops the lock the moment the process ends, however it ends, so asking the lock is asking the truth: no
heartbeat, no clock, no pid that may have been used again. It is a record lock and not `flock`, which a forked child would keep.
The owner opens its file once and never again, because closing any descriptor of it would drop the lock.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import json
import os
import threading
import time
from typing import TYPE_CHECKING, Any

from pacc._internal import ids, processes

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

FOLDER = "sessions"
"""The folder of sessions in the home."""


_OLD = 60.0
"""Seconds after which a file may be taken for one that a dead process left behind."""

_ids: set[str] = set()


class Session:
    """This process's session below one home."""

    __slots__ = ("_descriptor", "id", "path", "process")

    def __init__(self, home: Path) -> None:
        folder = home / FOLDER
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.process = describe()
        while not self._begun(folder):
            continue

    def _begun(self, folder: Path) -> bool:
        """Make the file and lock it; `False` where somebody who was tidying up took it for a dead one's in between."""
        self.id = ids.new_id()
        self.path = folder / f"{self.id}.lock"
        _ids.add(self.id)  # before there is a file: a thread that closed it again would drop the lock
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.write(self._descriptor, json.dumps(self.process).encode())
            if os.fstat(self._descriptor).st_nlink:
                return True
        except (BlockingIOError, PermissionError):
            pass
        except OSError:
            self.end()
            raise
        self.end()
        return False

    def end(self) -> None:
        """Take the file away and let go of the lock. Every run of the session must have been written by then."""
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()
        os.close(self._descriptor)
        _ids.discard(self.id)


def describe() -> dict[str, Any]:
    """Return what names this process for good: pid, start, boot, host, command."""
    pid = os.getpid()
    return {
        "pid": pid,
        "started": processes.start_time(pid),
        "boot": processes.boot_id(),
        "host": os.uname().nodename,
        "command": processes.command()[:500],
    }


class Adopted:
    """The session of the process that supervises this one, which answers for the runs of this one, too."""

    __slots__ = ("id",)

    def __init__(self, session_id: str) -> None:
        self.id = session_id

    @property
    def process(self) -> dict[str, Any]:
        """What names this process."""
        return describe()

    def end(self) -> None:
        """Leave it to whoever began it."""


_mine: dict[str, Session | Adopted] = {}
_starting = threading.Lock()


def current(home: Path) -> Session | Adopted:
    """Return this process's session below a home, starting it when there is none."""
    key = str(home)
    session = _mine.get(key)
    if session is None:
        with _starting:
            session = _mine.get(key) or Session(home)
            _mine[key] = session
    return session


def is_mine(session_id: str | None) -> bool:
    """Say whether a session is this process's own; a forked child has none of its parent's."""
    return session_id in _ids


def adopt(home: Path, session_id: str) -> None:
    """Take the session of the process that supervises this one for this one's own: the two end together.

    Args:
        home: the home it is below.
        session_id: the supervisor's session, which answers for the flow runs that this process executes.
    """
    _ids.add(session_id)
    _mine[str(home)] = Adopted(session_id)


def end(home: Path) -> None:
    """End this process's session below one home, if it has begun one there."""
    session = _mine.pop(str(home), None)
    if session is not None:
        session.end()


def end_all() -> None:
    """End every session of this process, at its exit."""
    while _mine:
        _mine.popitem()[1].end()


def is_alive(home: Path, session_id: str) -> bool:
    """Say whether the process that began a session still lives. Costs a few microseconds."""
    if is_mine(session_id):
        return True
    try:
        descriptor = os.open(home / FOLDER / f"{session_id}.lock", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return True
    finally:
        os.close(descriptor)
    return False


def read(home: Path, session_id: str) -> dict[str, Any]:
    """Return what a session's file says of its process; empty where the file is gone or cut short."""
    if is_mine(session_id):
        return describe()
    try:
        text = (home / FOLDER / f"{session_id}.lock").read_text(encoding="utf-8")
        return dict(json.loads(text))
    except (OSError, ValueError):
        return {}


def forget(home: Path, session_id: str) -> None:
    """Remove the file a dead session left behind."""
    with contextlib.suppress(FileNotFoundError):
        (home / FOLDER / f"{session_id}.lock").unlink()


def tidy(home: Path, keep: Container[str]) -> None:
    """Remove the files of dead sessions that nobody asks for any more, as those of processes killed between two runs.

    Args:
        home: the home.
        keep: the sessions that open runs name.
    """
    try:
        files = list(os.scandir(home / FOLDER))
    except FileNotFoundError:
        return
    for file in files:
        session_id = file.name.removesuffix(".lock")
        with contextlib.suppress(OSError):
            if session_id in keep or is_mine(session_id) or time.time() - file.stat().st_mtime < _OLD:
                continue
            _remove_if_dead(file.path)


def _remove_if_dead(path: str) -> None:
    """Remove a session's file under its own lock, so that none can be about to begin with it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(path)
    finally:
        os.close(descriptor)


def _start_over() -> None:
    """A forked child is another process: it holds none of its parent's locks."""
    global _starting
    _starting = threading.Lock()
    _mine.clear()
    _ids.clear()


atexit.register(end_all)
os.register_at_fork(after_in_child=_start_over)
