"""The lines of a run's log by their number, for someone who looks at a few of very many while they are written."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from pacc._internal.jsontext import dumps
from pacc.services.logs import decode
from pacc.store.log_files import lines_backwards, log_path

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from pacc.schemas.logs import Log
    from pacc.store import Store

_BLOCK = 1 << 20
_LEVEL = re.compile(rb'"level":\s*(\d+)')


class Narrowing(NamedTuple):
    """Which lines of a log are wanted."""

    level: int | None = None
    """Only lines at least this serious."""
    task_run_id: str | None = None
    """Only lines of this task run."""

    def lets_through(self, line: bytes) -> bool:
        """Say whether a line is wanted; it is parsed only where its bytes may mean that."""
        if self.level is not None:
            found = _LEVEL.search(line)
            if found is None or int(found[1]) < self.level:
                return False
        if self.task_run_id is None:
            return True
        return (
            self.task_run_id.encode() in line
            and str(decode(self.task_run_id, 0, line).task_run_id) == self.task_run_id
        )


EVERYTHING = Narrowing()


class Found(NamedTuple):
    """What a search came to."""

    line: int | None
    """The number of a line with the text, nothing where none was found yet."""
    onward: int | None
    """The line to search on from; nothing where the search is over."""


class LogWindow:
    """Knows where each whole line of a log begins: eight bytes a line, and only lines that are looked at are parsed.

    One thread uses it. A log that has become shorter is another one, and is gone through anew.

    Args:
        store: where the run is kept.
        flow_run_id: the run; a task run outside of flows has a log under its own id.
        narrowing: which lines there are; all of them unless given.

    Example:
        >>> window = LogWindow(store, run.id)  # doctest: +SKIP
        >>> window.grow(), window.lines(0, 1)[0].message  # doctest: +SKIP
        (True, "Beginning flow run 'brave-otter'")
    """

    def __init__(self, store: Store, flow_run_id: UUID | str, narrowing: Narrowing = EVERYTHING) -> None:
        self.narrowing = narrowing
        self._id = str(flow_run_id)
        self._path = log_path(store.home, flow_run_id)
        self._size = 0
        self._begin()

    def _begin(self) -> None:
        self._starts = array("Q")
        self._line = self._read = 0  # where the line being read began, and how far the file was read
        self._begun = b""  # of a line that goes on in the next block, where lines are looked at

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def is_whole(self) -> bool:
        """Whether all of the log was gone through that was there the last time."""
        return self._read >= self._size

    @property
    def about(self) -> int:
        """How many lines there are; while not all was gone through, how many there are about."""
        if self.is_whole or not self._read:
            return len(self._starts)
        return max(len(self._starts), len(self._starts) * self._size // self._read)

    def grow(self, at_most: int = 64 * _BLOCK) -> bool:
        """Go through what was written since the last time, and return whether there are other lines than before.

        Args:
            at_most: bytes to go through this time, so that what was found can be shown meanwhile.
        """
        known, was_whole = len(self._starts), self.is_whole
        try:
            with self._path.open("rb") as file:
                self._size = file.seek(0, 2)
                if self._size < self._read:
                    self._begin()
                    known = -1
                file.seek(self._read)
                end = min(self._size, self._read + at_most)
                while self._read < end and (block := file.read(min(_BLOCK, end - self._read))):
                    self._note(block)
        except FileNotFoundError:
            self._size = 0
            if known:
                self._begin()
        return len(self._starts) != known or self.is_whole != was_whole

    def _note(self, block: bytes) -> None:
        narrows, at = self.narrowing != EVERYTHING, block.find(b"\n")
        begin = 0
        while at >= 0:
            after = self._read + at + 1
            if after - self._line > 1 and (
                not narrows or self.narrowing.lets_through(self._begun + block[begin:at])
            ):
                self._starts.append(self._line)
            self._line, begin, self._begun = after, at + 1, b""
            at = block.find(b"\n", begin)
        if narrows:
            self._begun += block[begin:]
        self._read += len(block)

    def lines(self, first: int, count: int) -> list[Log]:
        """Return so many lines from a number on, as far as they are there."""
        starts = self._starts[max(0, first) : max(0, first) + count]
        if not starts:
            return []
        found: list[Log] = []
        with (
            suppress(FileNotFoundError),
            self._path.open("rb") as file,
        ):  # it may go with its run at any moment
            for start in starts:
                file.seek(start)
                found.append(decode(self._id, start, file.readline().removesuffix(b"\n")))
        return found

    def last(self, count: int) -> list[Log]:
        """Return the last lines, read from the end: at once, however much was gone through."""
        if self.is_whole:
            return self.lines(max(0, len(self._starts) - count), count)
        wanted = (
            (start, line)
            for start, line in islice(lines_backwards(self._path), 50 * count)
            if self.narrowing.lets_through(line)
        )
        found = [decode(self._id, start, line) for start, line in islice(wanted, count)]
        return found[::-1]

    # ----------------------------------------------------------------------------------- looking for

    def find(self, text: str, after: int, *, backwards: bool = False, at_most: int = 20_000) -> Found:
        """Look for the next line whose message or whose task run's name has a text in it, upper and lower case alike.

        Args:
            text: what to look for.
            after: the line to look behind, or in front of.
            backwards: look in front of it, the nearest first.
            at_most: lines to look at this time; `Found.onward` says where to go on.
        """
        wanted, step = text.casefold(), -1 if backwards else 1
        plain = re.compile(re.escape(dumps(text)[1:-1].encode()), re.IGNORECASE) if text.isascii() else None
        place, end = after + step, (-1 if backwards else len(self._starts))
        stop = max(end, place - at_most) if backwards else min(end, place + at_most)
        if (place - end) * step >= 0:
            return Found(None, None)
        with suppress(FileNotFoundError), self._path.open("rb") as file:
            for number in range(place, stop, step):
                file.seek(self._starts[number])
                line = file.readline().removesuffix(b"\n")
                if plain is not None and not plain.search(line):
                    continue
                log = decode(self._id, 0, line)
                if wanted in log.message.casefold() or wanted in (log.task_run_name or "").casefold():
                    return Found(number, None)
        return Found(None, None if stop == end else stop - step)

    def place_of(self, moment: datetime) -> int:
        """Return the number of the first line that was said at a moment or behind it, of the last one where none was."""
        with suppress(FileNotFoundError), self._path.open("rb") as file:

            def said(start: int) -> datetime:
                file.seek(start)
                return decode(self._id, 0, file.readline().removesuffix(b"\n")).timestamp

            return min(bisect_left(self._starts, moment, key=said), max(0, len(self._starts) - 1))
        return 0
