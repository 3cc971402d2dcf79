"""Supervisors that have nothing to do just now, and how a warm parent gives them the next run.

A fork, a session and what every process touches first cost more than a short run itself, so a supervisor of which nothing of its
last run is left asks for another one. It sends its parent the writing end of a pipe and reads what comes: one order, or the end.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from socket import AF_UNIX, SOCK_DGRAM, recv_fds, send_fds, socketpair
from typing import TYPE_CHECKING, Any, NamedTuple

from pacc._internal.readable import readable

if TYPE_CHECKING:
    from socket import socket

    from pacc.runner.ears import Ears

_MOST = 64
"""How many may wait; each keeps a descriptor of its parent open, and a megabyte or two."""
_PATIENCE = 2.0
"""Seconds that one waits for another run."""


class _Idle(NamedTuple):
    pid: int
    mouth: int
    since: float


class Posts:
    """The supervisors of one warm parent that wait for another run."""

    def __init__(self) -> None:
        self._ears, self._mouth = socketpair(AF_UNIX, SOCK_DGRAM)
        self._ears.setblocking(False)
        self._idle: list[_Idle] = []

    def ears(self) -> list[socket]:
        """Return what is readable when a supervisor asks for another run, nothing once these are closed."""
        return [self._ears] if self._ears.fileno() >= 0 else []

    def descriptors(self) -> set[int]:
        """Return what is open here for those that wait."""
        return {each.mouth for each in self._idle}

    def pause(self) -> float | None:
        """Return in how many seconds one has waited long enough, `None` where none waits."""
        return max(0.0, self._idle[0].since + _PATIENCE - time.monotonic()) if self._idle else None

    def hear(self) -> list[int]:
        """Return the supervisors that have ended their run and wait for another one, by their pids."""
        pids: list[int] = []
        with suppress(BlockingIOError):
            while self.ears():
                word, mouths, _, _ = recv_fds(self._ears, 64, 1)
                pids.append(int(word))
                # Where there is no room for a descriptor none comes, and the one that waits hears the end.
                self._idle += [_Idle(int(word), mouth, time.monotonic()) for mouth in mouths]
        self._dismiss(len(self._idle) - _MOST)
        return pids

    def dismiss(self) -> None:
        """Let those go that have waited long enough."""
        bound = time.monotonic() - _PATIENCE
        self._dismiss(sum(each.since <= bound for each in self._idle))

    def close(self) -> None:
        """Let all go, and hear of no other."""
        self._dismiss(len(self._idle))
        self._ears.close()
        self._mouth.close()

    def _dismiss(self, count: int) -> None:
        """Let so many go, those first that have waited longest."""
        for each in self._idle[: max(0, count)]:
            os.close(each.mouth)
        del self._idle[: max(0, count)]

    def give(self, order: dict[str, Any]) -> int | None:
        """Give one that waits another run; return its pid, `None` where none waits."""
        while self._idle:
            pid, mouth, _ = self._idle.pop()
            try:
                os.write(mouth, json.dumps(order).encode() + b"\n")
            except BrokenPipeError:  # it was killed
                continue
            finally:
                os.close(mouth)
            return pid
        return None

    def leave(self) -> Post:
        """In a forked supervisor: let go of what is its parent's; return what it asks through."""
        self._ears.close()
        self._dismiss(len(self._idle))
        return Post(self._mouth)


class Post:
    """Where a supervisor asks for another run.

    Args:
        mouth: the socket to its parent.
    """

    def __init__(self, mouth: socket) -> None:
        self._mouth = mouth

    def next_order(self, ears: Ears) -> dict[str, Any] | None:
        """Say that the last run is over and wait for another one; `None` where none comes, or a signal asks to end."""
        orders, mouth = os.pipe()
        try:
            send_fds(self._mouth, [str(os.getpid()).encode()], [mouth])
        except OSError:  # the parent has left
            os.close(orders)
            return None
        finally:
            os.close(mouth)
        try:
            while not ears.terminations:
                if orders in readable([orders, ears.descriptor]):
                    order = _read(orders)
                    return json.loads(order) if order else None
                ears.clear()
            return None
        finally:
            os.close(orders)


def _read(descriptor: int) -> bytes:
    """Return a line, or what came before the other end was closed."""
    line = b""
    while not line.endswith(b"\n") and (part := os.read(descriptor, 1 << 16)):
        line += part
    return line
