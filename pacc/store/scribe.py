"""One process writes for many others, as much in one transaction as has come meanwhile.

A process that lives for the length of one short run spends most of that on the store: it opens a connection and reads the schema,
and each of its commits waits for the disk alone. So a runner writes for its children. A child sends a statement through a socket
that all of them share, together with one end of a pipe where it reads the answer, which comes after the statement is on disk. No
answer within a while, or the end of the pipe, means that nobody writes here any more: the child opens the store and writes itself.
By then the statement may have been written all the same, or may be written later still, so only such are sent that say which
version of a row they go on from.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import struct
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from pacc._internal.counting import counted
from pacc._internal.jsontext import dumps
from pacc._internal.readable import readable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pacc.store.database import Store

_STATEMENTS = frozenset({"flow_runs.advance"})
"""Those that say which version of a row they go on from."""

_PATIENCE = 2
"""Seconds for which an answer is waited for."""

_MOST = 64
"""How many statements are written in one transaction."""

_LONGEST = 1 << 16
"""Bytes of a request; whoever has a longer one writes itself."""

_log = logging.getLogger("pacc.store")


class _Request(NamedTuple):
    text: bytes
    """The name of the statement, and its values."""
    answer: int
    """Where whoever asked reads how many rows came back."""


class Scribe:
    """Writes for others, in a thread of its own, until it is closed.

    Args:
        store: where it writes.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ears, self.mouth = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        """The mouth is for those it writes for; see `Dictation`."""
        self.mouth.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * _LONGEST)
        self.mouth.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("@ll", _PATIENCE, 0))
        self._ears.setblocking(False)
        self._closed = False
        self._thread = threading.Thread(target=self._keep_writing, name="pacc-scribe", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write no more; whoever waits for an answer hears that there is none."""
        self._closed = True
        self.mouth.close()
        self._ears.shutdown(socket.SHUT_RDWR)
        self._thread.join(_PATIENCE)
        self._ears.close()

    def _keep_writing(self) -> None:
        while not self._closed:
            requests = self._heard()
            try:
                self._write(requests)
            finally:
                for request in requests:
                    os.close(request.answer)

    def _heard(self) -> list[_Request]:
        """Wait for a request, and return it with all that have come by then."""
        requests: list[_Request] = []
        readable([self._ears])
        with suppress(BlockingIOError):
            while len(requests) < _MOST and not self._closed:
                data, answers, _, _ = socket.recv_fds(self._ears, _LONGEST, 1)
                requests += [_Request(data, answer) for answer in answers]
        return requests

    def _write(self, requests: list[_Request]) -> None:
        if not requests:
            return
        try:
            results = self._store.write_all(*(json.loads(request.text) for request in requests))
        except Exception as error:  # noqa: BLE001 - the thread must live; whoever asked tries it itself and says what is wrong
            _log.debug("%s could not be written for others: %s", counted(len(requests), "statement"), error)
            return
        for request, rows in zip(requests, results, strict=True):
            with suppress(OSError):  # whoever asked is gone
                os.write(request.answer, b"%d" % len(rows))


class Dictation:
    """Has statements written by a scribe in another process, until there is no answer for the first time.

    Args:
        mouth: that of the scribe.
    """

    def __init__(self, mouth: socket.socket) -> None:
        self._mouth = mouth
        self._is_heard = True

    def write(self, statement: str, values: Mapping[str, object]) -> int | None:
        """Have a statement written; return how many rows it returned, `None` where it may or may not have been written.

        What a signal raises meanwhile is raised once the answer is there: until then nobody knows what has happened.

        Args:
            statement: its name, one of those that may be sent.
            values: those that it names.

        Example:
            >>> scribe = Scribe(store)  # doctest: +SKIP
            >>> Dictation(scribe.mouth).write("flow_runs.advance", known)  # doctest: +SKIP
            1
        """
        request = dumps([statement, dict(values)]).encode()
        if not self._is_heard or statement not in _STATEMENTS or len(request) > _LONGEST:
            return None
        ears, answer = os.pipe()
        until = time.monotonic() + _PATIENCE
        try:
            written = _read(ears, until) if _is_sent(self._mouth, request, answer) else None
        except BaseException:
            _read(ears, until)
            raise
        finally:
            os.close(ears)
        self._is_heard = written is not None
        return written


def _is_sent(mouth: socket.socket, request: bytes, answer: int) -> bool:
    try:
        socket.send_fds(mouth, [request], [answer])
    except OSError:  # nobody listens any more
        return False
    finally:
        os.close(answer)
    return True


def _read(ears: int, until: float) -> int | None:
    if not readable([ears], until - time.monotonic()):
        return None
    answer = os.read(ears, 16)
    return int(answer) if answer else None
