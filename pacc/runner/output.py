"""What a run's processes write to standard output and standard error, kept line by line in the run's log."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from pacc._internal import clock
from pacc._internal.readable import readable
from pacc.store.log_writing import MAX_LINE, encode_line, line_head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pacc.store.log_writing import RunLog

STDOUT = "pacc.stdout"
STDERR = "pacc.stderr"
"""The loggers under whose names the lines are kept."""

_BLOCK = 1 << 16
_ROOM_FOR_MARK = 300


class Lines:
    r"""Bytes as they come, taken apart into lines; one that is too long is cut and says so.

    Args:
        limit: the longest line in bytes.

    >>> lines = Lines(limit=1000)
    >>> list(lines.feed(b"one\ntw")), list(lines.feed(b"o\n"))
    ([b'one'], [b'two'])
    """

    def __init__(self, limit: int = MAX_LINE) -> None:
        self._limit = limit
        self._kept = bytearray()
        self._size = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the lines that are whole by now, without their line breaks."""
        *whole, rest = data.split(b"\n")
        for line in whole:
            self._keep(line)
            yield self._taken()
        self._keep(rest)

    def rest(self) -> Iterator[bytes]:
        """Yield what was written after the last line break."""
        if self._size:
            yield self._taken()

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        self._kept += data[: self._limit - len(self._kept)]

    def _taken(self) -> bytes:
        line, size = bytes(self._kept), self._size
        self._kept.clear()
        self._size = 0
        if size <= self._limit:
            return line
        mark = f"... [cut: {size:,} bytes in all, PACC_LOGGING_TO_API_MAX_LOG_SIZE is {self._limit}]"
        return line[: max(0, self._limit - _ROOM_FOR_MARK)] + mark.encode()


class Output:
    """One of the two streams of a run's processes, and where what it says goes.

    Args:
        descriptor: the reading end of the pipe; it is read without waiting.
        log: the run's log; none where nothing is to be kept.
        logger: the name the lines are kept under.
        level: their level.
        limit: the longest line in bytes.
        onward: a descriptor that gets every line as well.
    """

    def __init__(
        self,
        descriptor: int,
        log: RunLog | None,
        *,
        logger: str,
        level: int = logging.INFO,
        limit: int = MAX_LINE,
        onward: int | None = None,
    ) -> None:
        os.set_blocking(descriptor, False)
        self.descriptor = descriptor
        self._lines = Lines(limit)
        self._limit = limit
        self._log = log
        self._level = level
        self._head = line_head(logger)
        self._onward = onward

    def collect(self) -> bool:
        """Keep what there is to read; return whether there may be more another time."""
        try:
            data = os.read(self.descriptor, _BLOCK)
        except BlockingIOError:
            return True
        for line in self._lines.feed(data) if data else self._lines.rest():
            self._keep(line)
        return bool(data)

    def close(self) -> None:
        """Keep what is left, a line without its end included, and let go of the pipe."""
        while readable([self.descriptor], 0) and self.collect():
            continue
        for line in self._lines.rest():
            self._keep(line)
        os.close(self.descriptor)

    def _keep(self, line: bytes) -> None:
        if self._log is not None:
            text = line.decode(errors="backslashreplace").rstrip("\r")
            self._log.write(
                encode_line(
                    time=clock.now(), level=self._level, head=self._head, message=text, limit=self._limit
                )
            )
        if self._onward is not None:
            self._pass_on(line + b"\n")

    def _pass_on(self, line: bytes) -> None:
        try:
            while line and self._onward is not None:
                line = line[os.write(self._onward, line) :]
        except OSError:  # whoever listened has left; the log is what counts
            self._onward = None
