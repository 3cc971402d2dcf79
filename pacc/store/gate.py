"""The queue before the store: with many processes writing, everyone gets a turn, in order, and nobody waits for ever.

SQLite's own waiting is a lottery: each process sleeps and tries again. The gate is an `flock` on a file beside the database; those
who wait for it are woken when it is given back. It is for fairness only, never for safety: whoever waited too long goes on without
it. A strict order (numbers drawn, each waiting for the one before) was tried: with 200 writers on two cores the longest wait was the
same and everything took twice as long, since each turn had to wake a process that had gone cold.
"""

from __future__ import annotations

import fcntl
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

_WRITE_LOCK_BYTE = 120  # of SQLite's -shm file, held by whoever is writing
_LISTED = (
    sys.platform == "linux"
)  # the kernel tells who holds a lock; elsewhere whoever is inside writes it down


class Gate:
    """One process's place at the gate of one store.

    Args:
        path: The gate's file; it is made when it is not there.
        patience: Seconds to stand in the queue.
    """

    def __init__(self, path: Path, patience: float) -> None:
        self.path = path
        self._patience = patience
        self.fd = -1

    def enter(self) -> bool:
        """Wait for the turn and return whether it came; `False` means: go on without.

        Raises:
            OSError: The gate's file cannot be opened.
        """
        if self.fd < 0:
            self.fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            came = self._take() or self._queue()
        except OSError:  # a file system without such locks: fairness is not worth an error
            return False
        if came and not _LISTED:
            self._sign()
        return came

    def leave(self) -> None:
        """Let the next one in; nothing happens to who is not inside."""
        if self.fd >= 0:
            fcntl.flock(self.fd, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the file; the next `enter` opens it again."""
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = -1

    def _take(self) -> bool:
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _queue(self) -> bool:
        turn = _Turn(self.fd)
        try:
            turn.start()
            if turn.wait(self._patience):
                return True
        except RuntimeError:  # while the interpreter shuts down, no thread can be started
            return self._keep_asking()
        except BaseException:
            self._forsake(turn)
            raise
        return not self._forsake(turn)

    def _keep_asking(self) -> bool:
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            time.sleep(0.002)
            if self._take():
                return True
        return False

    def _forsake(self, turn: _Turn) -> bool:
        left = turn.leave()
        if left:
            self.fd = -1  # the waiting thread closes it when its turn has come
        return left

    def _sign(self) -> None:
        with suppress(OSError):  # a full disk must not keep anyone from the turn they have
            os.pwrite(self.fd, b"%-10d\n" % os.getpid(), 0)


class _Turn:
    """Waits in a thread, since only a thread can be left behind in a system call."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._guard = threading.Lock()
        self._came = False
        self._left = False
        self._news = threading.Lock()  # given back when there is news
        self._news.acquire()

    def start(self) -> None:
        threading.Thread(target=self._wait, name="pacc-gate", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        return self._news.acquire(timeout=seconds) and self._came

    def leave(self) -> bool:
        """Leave the queue; `False` if the turn has come in this very moment."""
        with self._guard:
            self._left = not self._came
            return self._left

    def _wait(self) -> None:
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX)
        except OSError:  # no locks to be had: go on without
            os.close(self._fd)
        else:
            with self._guard:
                self._came = not self._left
                if self._left:
                    os.close(self._fd)
        self._news.release()


def holder(database: Path, gate: Path) -> str | None:
    """Return who holds the store just now, as `process 123 (python etl.py)`, or `None` if that cannot be told."""
    pid = _listed(f"{database}-shm", _WRITE_LOCK_BYTE) or _listed(str(gate), 0) if _LISTED else _signed(gate)
    if pid is None or not _alive(pid):
        return None
    command = _command(pid)
    return f"process {pid} ({command})" if command else f"process {pid}"


def _listed(path: str, byte: int) -> int | None:
    """Find the process that has locked that byte of a file in the kernel's list of locks (Linux)."""
    try:
        inode = os.stat(path).st_ino
        lines = Path("/proc/locks").read_text("utf-8").splitlines()
    except OSError:
        return None
    for line in lines:
        fields = line.split()
        if len(fields) == 8 and fields[3] == "WRITE" and fields[5].endswith(f":{inode}"):
            begin, end = int(fields[6]), fields[7]
            if begin <= byte and (end == "EOF" or int(end) >= byte):
                return int(fields[4]) or None  # 0 stands for a process of another container
    return None


def _signed(gate: Path) -> int | None:
    with suppress(OSError, ValueError):
        return int(gate.read_text("utf-8"))
    return None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _command(pid: int) -> str:
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return _listed_command(pid)
    return raw.rstrip(b"\0").replace(b"\0", b" ").decode("utf-8", "replace")


def _listed_command(pid: int) -> str:
    import subprocess  # start-up

    with suppress(OSError, subprocess.SubprocessError):
        listed = subprocess.run(  # noqa: S603 - a fixed program and a number
            ["/bin/ps", "-o", "command=", "-p", str(pid)],
            capture_output=True,
            check=False,
            timeout=5,
            text=True,
        )
        return listed.stdout.strip()
    return ""
