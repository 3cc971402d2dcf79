"""What can be known about a process of this machine: when it was started, in which boot, by what command."""

from __future__ import annotations

import os
import sys
from typing import Any

IS_LINUX = sys.platform.startswith("linux")
"""Whether there is a `/proc`, and parents that take in orphans."""

MAXRSS_UNIT = 1024 if IS_LINUX else 1
"""Bytes in one unit of the memory that `getrusage` tells."""

this = object()
"""Stands for this process. A forked child gets another, so comparing with it tells whether one is still where one began."""


def _renew() -> None:
    global this
    this = object()


os.register_at_fork(after_in_child=_renew)


def boot_id() -> str:
    """Return what tells this boot of the machine from the last one, `unknown` where the system does not say."""
    if not IS_LINUX:
        return "unknown"
    return _text("/proc/sys/kernel/random/boot_id") or "unknown"


def start_time(pid: int) -> str:
    """Return when a process was started, in the system's own ticks; empty where it is gone or not told.

    With the pid it names a process for good, as pids are used again.
    """
    stat = _text(f"/proc/{pid}/stat") if IS_LINUX else ""
    return stat.rpartition(")")[2].split()[19] if stat else ""


def is_stopped(pid: int | None) -> bool:
    """Say whether a process was stopped, as Ctrl-Z does it; `False` where it is gone or the system does not say."""
    stat = _text(f"/proc/{pid}/stat") if IS_LINUX and pid else ""
    return bool(stat) and stat.rpartition(")")[2].split()[0] in ("T", "t")


def command(pid: int | None = None) -> str:
    """Return the command line of a process, of this one by default; empty where it is not told."""
    if pid is None or pid == os.getpid():
        return " ".join(sys.orig_argv)
    return _text(f"/proc/{pid}/cmdline").replace("\0", " ").strip() if IS_LINUX else ""


def used() -> dict[str, Any]:
    """Return what this process and those it has waited for used so far: the most bytes one had resident, seconds of CPU in all."""
    import resource  # start-up: few processes ask

    each = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "peak_memory": max(one.ru_maxrss for one in each) * MAXRSS_UNIT,
        "cpu_seconds": round(sum(one.ru_utime + one.ru_stime for one in each), 3),
    }


def told_in(path: str) -> bytes:
    """Return what a file of the system says, in as few steps as there are, as each run asks; nothing where it is not to be had.

    >>> told_in("/proc/no/such/file")
    b''
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return b"".join(iter(lambda: os.read(descriptor, 1 << 16), b""))
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def _text(path: str) -> str:
    return told_in(path).decode("utf-8", "replace").strip()
