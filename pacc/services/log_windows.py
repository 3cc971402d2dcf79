"""The lines of a run's log by their number, for someone who looks at a few of very many while they are written."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from pacc._internal.jsontext import dumps
from pacc.services.logs import decode
from pacc.store.log_files import lines_backwards, log_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import BinaryIO
    from uuid import UUID

    from pacc.schemas.logs import Log
    from pacc.store import Store

_BLOCK = 1 << 20
_PAGE = 1 << 16
"""So many bytes of a log about are gone through again to find one of its lines."""
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
    """Knows where the lines of a log are, page by page: sixteen bytes for each 64 KB; only lines that are looked at are parsed.

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
        self._length = 0
        self._pages = array("Q")  # where the first line of each begins
        self._before = array("Q")  # how many lines are in front of it
        self._line = self._read = 0  # where the line being read began, and how far the file was read
        self._begun = b""  # of a line that goes on in the next block, where lines are looked at

    def __len__(self) -> int:
        return self._length

    @property
    def is_whole(self) -> bool:
        """Whether all of the log was gone through that was there the last time."""
        return self._read >= self._size

    @property
    def about(self) -> int:
        """How many lines there are; while not all was gone through, how many there are about."""
        if self.is_whole or not self._read:
            return self._length
        return max(self._length, self._length * self._size // self._read)

    def grow(self, at_most: int = 64 * _BLOCK) -> bool:
        """Go through what was written since the last time, and return whether there are other lines than before.

        Args:
            at_most: bytes to go through this time, so that what was found can be shown meanwhile.
        """
        known, was_whole = self._length, self.is_whole
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
        return self._length != known or self.is_whole != was_whole

    def _note(self, block: bytes) -> None:
        """Count the lines that end in a block, and mark where pages begin."""
        for begin in range(0, len(block), _PAGE):
            part = block[begin : begin + _PAGE]
            has_empty = b"\n\n" in part or (part.startswith(b"\n") and self._line == self._read)
            if has_empty or self.narrowing != EVERYTHING:
                self._note_each(part)
            elif ended := part.count(b"\n"):
                self._mark()
                self._length += ended
                self._line = self._read + part.rindex(b"\n") + 1
            self._read += len(part)

    def _note_each(self, part: bytes) -> None:
        """Count only those lines that are wanted, and none that is empty."""
        narrows, at = self.narrowing != EVERYTHING, self._read
        *ended, rest = part.split(b"\n")
        for end in ended:
            at += len(end) + 1
            if at - self._line > 1 and (not narrows or self.narrowing.lets_through(self._begun + end)):
                self._mark()
                self._length += 1
            self._line, self._begun = at, b""
        if narrows:
            self._begun += rest

    def _mark(self) -> None:
        """Begin a page at the line being read, where the last one is long enough."""
        if not self._pages or self._line - self._pages[-1] > _PAGE // 2:
            self._pages.append(self._line)
            self._before.append(self._length)

    # --------------------------------------------------------------------------------- reading lines

    def _page(self, file: BinaryIO, page: int) -> Iterator[tuple[int, bytes]]:
        """Yield the lines of a page with where they begin."""
        start = self._pages[page]
        left = (self._before[page + 1] if page + 1 < len(self._pages) else self._length) - self._before[page]
        file.seek(start)
        while left and (line := file.readline()).endswith(b"\n"):
            if len(line) > 1 and (self.narrowing == EVERYTHING or self.narrowing.lets_through(line[:-1])):
                left -= 1
                yield start, line[:-1]
            start += len(line)

    def _from(self, file: BinaryIO, first: int) -> Iterator[tuple[int, bytes]]:
        """Yield the lines from a number on."""
        page = bisect_right(self._before, first) - 1
        if page >= 0:
            yield from islice(self._page(file, page), first - self._before[page], None)
            for later in range(page + 1, len(self._pages)):
                yield from self._page(file, later)

    def _upto(self, file: BinaryIO, last: int) -> Iterator[tuple[int, bytes]]:
        """Yield the lines from a number back to the first."""
        page = bisect_right(self._before, last) - 1
        if page >= 0:
            yield from reversed(list(islice(self._page(file, page), last - self._before[page] + 1)))
            for earlier in range(page - 1, -1, -1):
                yield from reversed(list(self._page(file, earlier)))

    def lines(self, first: int, count: int) -> list[Log]:
        """Return so many lines from a number on, as far as they are there."""
        with (
            suppress(FileNotFoundError),
            self._path.open("rb") as file,
        ):  # it may go with its run at any moment
            found = islice(self._from(file, max(0, first)), count)
            return [decode(self._id, start, line) for start, line in found]
        return []

    def last(self, count: int) -> list[Log]:
        """Return the last lines, read from the end: at once, however much was gone through."""
        if self.is_whole:
            return self.lines(max(0, self._length - count), count)
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
        place = after + step
        left = place + 1 if backwards else self._length - place
        if left <= 0:
            return Found(None, None)
        with suppress(FileNotFoundError), self._path.open("rb") as file:
            lines_ = self._upto(file, place) if backwards else self._from(file, place)
            for number, (_, line) in enumerate(islice(lines_, at_most)):
                if plain is not None and not plain.search(line):
                    continue
                log = decode(self._id, 0, line)
                if wanted in log.message.casefold() or wanted in (log.task_run_name or "").casefold():
                    return Found(place + step * number, None)
        return Found(None, None if left <= at_most else after + step * at_most)

    def place_of(self, moment: datetime) -> int:
        """Return the number of the first line that was said at a moment or behind it, of the last one where none was."""
        with suppress(FileNotFoundError), self._path.open("rb") as file:

            def said(page: int) -> datetime:
                spoken = (decode(self._id, 0, line).timestamp for _, line in self._page(file, page))
                return next(spoken, moment)

            later = bisect_left(range(len(self._pages)), moment, key=said)
            if later:
                page = [decode(self._id, 0, line).timestamp for _, line in self._page(file, later - 1)]
                return min(self._before[later - 1] + bisect_left(page, moment), self._length - 1)
        return 0
