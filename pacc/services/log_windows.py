"""The lines of a run's log by their number, for someone who looks at a few of very many while they are written."""

from __future__ import annotations

from array import array
from contextlib import suppress
from typing import TYPE_CHECKING

from pacc.services.logs import decode
from pacc.store.log_files import log_path

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.schemas.logs import Log
    from pacc.store import Store

_BLOCK = 1 << 20


class LogWindow:
    """Knows where each whole line of a log begins: eight bytes a line, and only lines that are looked at are parsed.

    One thread uses it. A log that has become shorter is another one, and is gone through anew.

    Args:
        store: where the run is kept.
        flow_run_id: the run; a task run outside of flows has a log under its own id.

    Example:
        >>> window = LogWindow(store, run.id)  # doctest: +SKIP
        >>> window.grow(), window.lines(0, 1)[0].message  # doctest: +SKIP
        (True, "Beginning flow run 'brave-otter'")
    """

    def __init__(self, store: Store, flow_run_id: UUID | str) -> None:
        self._id = str(flow_run_id)
        self._path = log_path(store.home, flow_run_id)
        self._begin()

    def _begin(self) -> None:
        self._starts = array("Q")
        self._line = self._read = 0  # where the line being read began, and how far the file was read

    def __len__(self) -> int:
        return len(self._starts)

    def grow(self, at_most: int = 64 * _BLOCK) -> bool:
        """Go through what was written since the last time, and return whether there are other lines than before.

        Args:
            at_most: bytes to go through this time, so that what was found can be shown meanwhile.
        """
        known = len(self._starts)
        try:
            with self._path.open("rb") as file:
                size = file.seek(0, 2)
                if size < self._read:
                    self._begin()
                    known = -1
                file.seek(self._read)
                end = min(size, self._read + at_most)
                while self._read < end and (block := file.read(min(_BLOCK, end - self._read))):
                    self._note(block)
        except FileNotFoundError:
            if known:
                self._begin()
        return len(self._starts) != known

    def _note(self, block: bytes) -> None:
        at = block.find(b"\n")
        while at >= 0:
            after = self._read + at + 1
            if after - self._line > 1:
                self._starts.append(self._line)
            self._line = after
            at = block.find(b"\n", at + 1)
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
