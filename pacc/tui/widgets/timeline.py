"""What ran within a flow run, over time: a tree at the left, bars at the right, zoomed and moved with the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from pacc.presentation import gantt, timelines
from pacc.presentation.fitting import fitted
from pacc.presentation.tables import Cell
from pacc.tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.strip import Strip

    from pacc.presentation.timelines import Row

_TOP = 1


class Timeline(Canvas, ScrollView, can_focus=True):
    """The runs of a flow run as rows, with a cursor."""

    DEFAULT_CSS = "Timeline { scrollbar-size-vertical: 1; overflow-x: hidden; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False),
        Binding("k,up", "move(-1)", "Up", show=False),
        Binding("g,home", "move(-1000000)", "First", show=False),
        Binding("G,end", "move(1000000)", "Last", show=False),
        Binding("ctrl+d,pagedown", "page(1)", "A page down", show=False),
        Binding("ctrl+u,pageup", "page(-1)", "A page up", show=False),
        Binding("enter", "open", "Open", show=False),
    ]

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, timeline: Timeline) -> None:
            super().__init__()
            self.timeline = timeline

    class Opened(Message):
        """A row was chosen."""

        def __init__(self, timeline: Timeline, row: Row) -> None:
            super().__init__()
            self.timeline = timeline
            self.row = row

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: Sequence[Row] = ()
        self._cursor = 0
        self._zoom = 1.0
        self._shift = 0.0  # of the whole, where the line begins

    @property
    def current(self) -> Row | None:
        """The row the cursor is on."""
        return self._rows[self._cursor] if self._cursor < len(self._rows) else None

    def put(self, rows: Sequence[Row]) -> None:
        """Show other rows; the cursor stays on its run."""
        held = self.current
        self._rows = rows
        if held is not None:
            places = (place for place, row in enumerate(rows) if row.id == held.id)
            self._cursor = next(places, self._cursor)
        self._cursor = max(0, min(self._cursor, len(rows) - 1))
        self.virtual_size = Size(self.size.width, len(rows) + _TOP)
        self.refresh()
        self.post_message(self.Moved(self))

    # ------------------------------------------------------------------------------------- drawing

    def span(self) -> tuple[float, float]:
        """Return the moments the lines begin and end with, in seconds since the epoch."""
        left, right = timelines.bounds(tuple(self._rows), self.around.now().timestamp())
        whole = right - left
        begin = left + whole * self._shift
        return begin, begin + whole / self._zoom

    def render_line(self, y: int) -> Strip:
        """Draw the ruler or a row."""
        room = self.size.width
        names = gantt.names_width(self._rows, room)
        line = max(1, room - names - 1)
        left, right = self.span()
        if y < _TOP:
            title = fitted(Cell(" timeline", "blue" if self.has_focus else "bold"), names)
            zone = self.around.now().astimezone()
            ruler = timelines.ruler(left, right, line, zone) if self._rows else ""
            return self.painted([title, Cell(ruler, "bright_black")], room)
        place = int(self.scroll_offset.y) + y - _TOP
        if place >= len(self._rows):
            return self.painted((), room)
        return self._row_line(place, names, line, (left, right))

    def _row_line(self, place: int, names: int, line: int, span: tuple[float, float]) -> Strip:
        row, here, now = self._rows[place], place == self._cursor, self.around.now().timestamp()
        cells = [
            self.bar(here=here, focused=self.has_focus),
            *gantt.name_cells(row, names, now),
            *gantt.bar(row, span, line, now, glyphs=self.glyphs),
        ]
        extra = self.cursor_style(focused=self.has_focus) if here else None
        return self.painted(cells, self.size.width, extra)

    # -------------------------------------------------------------------------- moving and zooming

    def zoom(self, by: float) -> None:
        """Show a shorter or longer stretch around the middle; 0 shows the whole."""
        middle = self._shift + 0.5 / self._zoom
        self._zoom = 1.0 if by == 0 else min(10_000.0, max(1.0, self._zoom * by))
        self._hold(middle - 0.5 / self._zoom)

    def pan(self, by: float) -> None:
        """Move to earlier or later, by a share of what is seen."""
        self._hold(self._shift + by / self._zoom)

    def _hold(self, shift: float) -> None:
        self._shift = max(0.0, min(shift, 1.0 - 1.0 / self._zoom))
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Keep the scrollbar true."""
        self.virtual_size = Size(event.size.width, len(self._rows) + _TOP)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where somebody points."""
        if event.y >= _TOP:
            self._to(int(self.scroll_offset.y) + event.y - _TOP)

    def _to(self, place: int) -> None:
        place = max(0, min(place, len(self._rows) - 1))
        if place != self._cursor:
            self._cursor = place
            rows, first = max(1, self.size.height - _TOP), int(self.scroll_offset.y)
            if not first <= place < first + rows:
                target = place if place < first else place - rows + 1
                self.scroll_to(y=target, animate=False, force=True, immediate=True)
            self.refresh()
            self.post_message(self.Moved(self))

    def action_move(self, by: int) -> None:
        """Move the cursor by some rows."""
        self._to(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by half a page."""
        self._to(self._cursor + by * max(1, self.size.height // 2))

    def action_open(self) -> None:
        """Open the row of the cursor."""
        if self.current is not None:
            self.post_message(self.Opened(self, self.current))
