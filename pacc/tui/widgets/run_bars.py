"""How many runs began when, as bars over a line of what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.presentation import overview
from pacc.presentation.tables import Cell
from pacc.tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.strip import Strip


class RunBars(Canvas):
    """Bars, one for each part of a stretch of time."""

    DEFAULT_CSS = "RunBars { height: 3; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._buckets: Sequence[Mapping[str, int]] = ()

    def put(self, buckets: Sequence[Mapping[str, int]]) -> None:
        """Show other numbers."""
        if buckets != self._buckets:
            self._buckets = buckets
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the bars, or the one below them."""
        room, rows = self.size.width, self.size.height - 1
        if not self._buckets:
            return self.painted((), room)
        cells = min(room - 2, overview.bar_width(len(self._buckets), room - 2))
        lines = overview.run_bars(self._buckets, cells, rows, glyphs=self.glyphs)
        return self.painted([Cell(" " * (room - 1 - cells)), *lines[y]], room)  # the present is at the right
