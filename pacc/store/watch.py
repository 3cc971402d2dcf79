"""Waiting for the store to change: the system tells when its files are written, so that nobody needs to ask forty times a second.

What is told is a hint, and `Store.data_version` the truth. Where the system tells nothing (macOS, or when it has no more watches to
give) whoever waits asks as often as before.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from socket import socketpair
from typing import TYPE_CHECKING

from pacc._internal.readable import readable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pacc._internal.readable import HasFileno

_IN_MODIFY = 0x2
_LONGEST = 1.0
"""Seconds after which the store is asked although nothing was told, as a folder may be replaced unseen."""


class StoreWatch:
    """One thread's wait for the store to change.

    Args:
        path: the store's file; what lies beside it in the folder is watched.
        look: seconds between two looks at the store where the system tells nothing, and at the soonest where it tells much.
    """

    def __init__(self, path: Path, look: float) -> None:
        self._look = look
        self._told = _told_of(path.parent)
        self._ears, self._mouth = socketpair()
        for end in (self._ears, self._mouth):
            end.setblocking(False)
        self._rest_until = 0.0

    def wait(self, seconds: float, others: Sequence[int | HasFileno] = ()) -> bool:
        """Wait for a change, for somebody to wake this one, or for something to read.

        Args:
            seconds: how long at most.
            others: what else ends the wait when it can be read.

        Returns:
            Whether one of the others can be read.
        """
        if self._told < 0:
            return self._heard(min(seconds, self._look), others, [])
        rest = min(seconds, self._rest_until - time.monotonic())
        if rest > 0:  # a store that is written all the time is looked at now and then
            return self._heard(rest, others, [])
        return self._heard(min(seconds, _LONGEST), others, [self._told])

    def _heard(self, seconds: float, others: Sequence[int | HasFileno], told: list[int]) -> bool:
        ears = self._ears.fileno()
        ready = readable([*told, ears, *others], max(0.0, seconds))
        for descriptor in (ears, *told):
            if descriptor in ready:
                _read_all(descriptor)
        if any(each in ready for each in told):
            self._rest_until = time.monotonic() + self._look
        return any(each in ready for each in others)

    def wake(self) -> None:
        """End the wait, from another thread or a signal handler."""
        with suppress(OSError):  # it is full of wakes, or closed
            self._mouth.send(b"\0")

    def close(self) -> None:
        """Let go of what this holds open."""
        self._ears.close()
        self._mouth.close()
        if self._told >= 0:
            os.close(self._told)


def _told_of(folder: Path) -> int:
    """Return a descriptor that is readable once a file in a folder was written; -1 where there is none to be had."""
    if not sys.platform.startswith("linux"):
        return -1
    import ctypes  # start-up: only for processes that stay

    system = ctypes.CDLL(None)
    descriptor: int = system.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    if descriptor >= 0 and system.inotify_add_watch(descriptor, os.fsencode(folder), _IN_MODIFY) < 0:
        os.close(descriptor)
        return -1
    return descriptor


def _read_all(descriptor: int) -> None:
    with suppress(BlockingIOError):
        while os.read(descriptor, 1 << 16):
            continue
