"""A log of any length while it is written: only the lines that are seen are held."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView

from pacc.presentation import logs as presented
from pacc.presentation.tables import Cell
from pacc.tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.strip import Strip

    from pacc.schemas.logs import Log

_TOP = 1


class LogView(Canvas, ScrollView, can_focus=True):
    """The lines of a log, each on one line of the screen, with a cursor; at the end it stays there."""

    DEFAULT_CSS = "LogView { scrollbar-size-vertical: 1; overflow-x: hidden; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False),
        Binding("k,up", "move(-1)", "Up", show=False),
        Binding("g,home", "to(0)", "First", show=False),
        Binding("G,end", "to(-1)", "Last", show=False),
        Binding("ctrl+d,pagedown", "page(1)", "A page down", show=False),
        Binding("ctrl+u,pageup", "page(-1)", "A page up", show=False),
        Binding("enter", "open", "Read", show=False),
    ]

    class Window(Message):
        """Other lines are seen than before."""

        def __init__(self, view: LogView) -> None:
            super().__init__()
            self.view = view

    class Opened(Message):
        """A line was chosen, to be read whole."""

        def __init__(self, log: Log) -> None:
            super().__init__()
            self.log = log

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._count = 0
        self._first = 0
        self._logs: Sequence[Log] = ()
        self._cursor = 0
        self._empty = ""
        self.follows = True

    def put(self, count: int, first: int, logs: Sequence[Log]) -> None:
        """Show that the log has so many lines, and what some of them are."""
        self._count, self._first, self._logs = count, first, logs
        self._empty = "nothing was logged"
        self.virtual_size = Size(self.size.width, count + _TOP)
        if self.follows:
            self._to(count - 1)
        self._cursor = max(0, min(self._cursor, count - 1))
        self.refresh()

    def follow(self, *, follows: bool) -> None:
        """Stay at the end from now on, or no more."""
        self.follows = follows
        if follows:
            self._to(self._count - 1)
        self.refresh()

    def seen(self) -> tuple[int, int]:
        """Return the number of the first line to hold, and how many to hold."""
        height = max(1, self.size.height)
        if self.follows:
            return -2 * height, 2 * height  # counted from the end, wherever that is by then
        return max(0, int(self.scroll_offset.y) - height // 2), 2 * height

    def render_line(self, y: int) -> Strip:
        """Draw the heading or a line."""
        room = self.size.width
        if y < _TOP:
            following = "  following" if self.follows else ""
            name = Cell(
                f" log  {self._count:,} line{'' if self._count == 1 else 's'}",
                "blue" if self.has_focus else "bold",
            )
            return self.painted([name, Cell(following, "green")], room)
        place = int(self.scroll_offset.y) + y - _TOP
        if place >= self._count:
            return self.painted([Cell(f"  {self._empty}", "bright_black")] if place == 0 else (), room)
        here = place == self._cursor and self.has_focus
        extra = self.cursor_style(focused=True) if here else None
        log = self._log(place)
        cells = presented.short_line(log) if log else [Cell("…" if self.glyphs else "...", "bright_black")]
        return self.painted([self.bar(here=here, focused=True), *cells], room, extra)

    def _log(self, place: int) -> Log | None:
        index = place - self._first
        return self._logs[index] if 0 <= index < len(self._logs) else None

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for the lines that are seen now."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Window(self))

    def on_resize(self, event: events.Resize) -> None:
        """Ask for the lines there is room for now."""
        self.virtual_size = Size(event.size.width, self._count + _TOP)
        self._to(self._cursor)
        self.post_message(self.Window(self))

    def _to(self, place: int) -> None:
        left, self._cursor = self._cursor, max(0, min(place, self._count - 1))
        rows, first = max(1, self.size.height - _TOP), int(self.scroll_offset.y)
        if self._cursor < first:
            self.scroll_to(y=self._cursor, animate=False, force=True, immediate=True)
        elif self._cursor >= first + rows:
            self.scroll_to(y=self._cursor - rows + 1, animate=False, force=True, immediate=True)
        else:
            first -= _TOP
            regions = [
                Region(0, each - first, self.size.width, 1) for each in (left, self._cursor) if each > first
            ]
            self.refresh(Region(0, 0, self.size.width, 1), *regions)

    def action_move(self, by: int) -> None:
        """Move by lines; on the last line the end is followed."""
        self._to(self._cursor + by)
        self.follows = self._cursor >= self._count - 1
        self.post_message(self.Window(self))

    def action_to(self, place: int) -> None:
        """Move to the first line or to the last."""
        self.action_move(-self._count if place == 0 else self._count)

    def action_page(self, by: int) -> None:
        """Move by a page."""
        self.action_move(by * max(1, self.size.height - _TOP - 1))

    def action_open(self) -> None:
        """Read the line of the cursor whole."""
        log = self._log(self._cursor)
        if log is not None:
            self.post_message(self.Opened(log))
