"""Panes of facts behind one another: the names of all on top, the lines of one of them below, with a cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from pacc.presentation import fitting
from pacc.presentation.tables import Cell
from pacc.presentation.text import width
from pacc.tui import painting
from pacc.tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.strip import Strip

    from pacc.presentation.panes import PaneLine

_TOP = 1


class FactsView(Canvas, ScrollView, can_focus=True):
    """Lines of the pane that is seen.

    Args:
        panes: the names of all panes.
        id: the widget's.
    """

    DEFAULT_CSS = "FactsView { scrollbar-size-vertical: 1; overflow-x: hidden; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False),
        Binding("k,up", "move(-1)", "Up", show=False),
        Binding("g,home", "move(-1000000)", "First", show=False),
        Binding("G,end", "move(1000000)", "Last", show=False),
        Binding("ctrl+d,pagedown", "page(1)", "A page down", show=False),
        Binding("ctrl+u,pageup", "page(-1)", "A page up", show=False),
        Binding("l,right", "turn(1)", "Next pane", show=False),
        Binding("h,left", "turn(-1)", "Pane before", show=False),
        Binding("enter", "open", "Read", show=False),
    ]

    class Turned(Message):
        """Another pane is seen."""

    class Opened(Message):
        """A line was chosen."""

        def __init__(self, line: PaneLine) -> None:
            super().__init__()
            self.line = line

    def __init__(self, panes: Sequence[str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._panes = panes
        self._lines: Sequence[PaneLine] = ()
        self._cursor = 0
        self.pane = panes[0]

    def put(self, lines: Sequence[PaneLine]) -> None:
        """Show other lines."""
        if lines != self._lines:
            self._lines = lines
            self.virtual_size = Size(self.size.width, len(lines) + _TOP)
            self._cursor = max(0, min(self._cursor, len(lines) - 1))
            self.refresh()

    def turn(self, by: int) -> None:
        """Show the pane so many behind this one; behind the last one comes the first."""
        self.pane = self._panes[(self._panes.index(self.pane) + by) % len(self._panes)]
        self._lines, self._cursor = (), 0
        self.scroll_to(y=0, animate=False, force=True, immediate=True)
        self.refresh()
        self.post_message(self.Turned())

    def render_line(self, y: int) -> Strip:
        """Draw the names of the panes or a line."""
        room = self.size.width
        if y < _TOP:
            return self.painted(self._tabs(room), room)
        place = int(self.scroll_offset.y) + y - _TOP
        if place >= len(self._lines):
            return self.painted((), room)
        here = place == self._cursor and self.has_focus
        extra = self.cursor_style(focused=True) if here else None
        return self.painted(
            [self.bar(here=here, focused=True), *fitting.spread(self._lines[place].cells, (), room - 1)],
            room,
            extra,
        )

    def _tabs(self, room: int) -> list[Cell]:
        """The names of all panes, or where there is too little room the one that is seen and how many there are."""
        between = " │ " if self.glyphs else " | "
        seen = painting.FOCUSED if self.has_focus else "bold"
        if width(between.join(self._panes)) + 1 > room:
            number = self._panes.index(self.pane) + 1
            return [Cell(f" {self.pane}", seen), Cell(f"  {number}/{len(self._panes)}  [ ]", "bright_black")]
        cells = [Cell(" ")]
        for name in self._panes:
            cells += [
                Cell(name, seen if name == self.pane else "bright_black"),
                Cell(between, "bright_black"),
            ]
        return cells[:-1]

    def on_resize(self, event: events.Resize) -> None:
        """Keep the scrollbar true."""
        self.virtual_size = Size(event.size.width, len(self._lines) + _TOP)

    def action_move(self, by: int) -> None:
        """Move the cursor by lines."""
        self._cursor = max(0, min(self._cursor + by, len(self._lines) - 1))
        rows, first = max(1, self.size.height - _TOP), int(self.scroll_offset.y)
        if not first <= self._cursor < first + rows:
            target = self._cursor if self._cursor < first else self._cursor - rows + 1
            self.scroll_to(y=target, animate=False, force=True, immediate=True)
        self.refresh()

    def action_page(self, by: int) -> None:
        """Move the cursor by half a page."""
        self.action_move(by * max(1, self.size.height // 2))

    def action_turn(self, by: int) -> None:
        """Show another pane."""
        self.turn(by)

    def action_open(self) -> None:
        """Read the line of the cursor whole, or go where it leads."""
        if self._cursor < len(self._lines):
            self.post_message(self.Opened(self._lines[self._cursor]))
