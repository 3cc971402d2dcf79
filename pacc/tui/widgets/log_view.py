"""A log of any length while it is written: only the lines that are seen are held."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView

from pacc._internal.visible import visible
from pacc.presentation import fitting
from pacc.presentation import logs as presented
from pacc.presentation.tables import Cell
from pacc.tui import painting
from pacc.tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.strip import Strip

    from pacc.schemas.logs import Log

_TOP = 1
_HANG = 4
"""So far what goes on of a wrapped line is moved in."""


class LogView(Canvas, ScrollView, can_focus=True):
    """The lines of a log, each on one line of the screen or on as many as it takes, with a cursor; at the end it stays there.

    It is scrolled by lines of the log, so that those that are not held need not be measured. Where they are wrapped, a line that does not
    fit below the top is scrolled by lines of the screen.
    """

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

    class Moved(Message):
        """The cursor is on another line."""

        def __init__(self, log: Log | None) -> None:
            super().__init__()
            self.log = log

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
        self._about = False
        self._narrowed = ""
        self._text = self._sought = ""
        self.follows = True
        self.wraps = False
        self._skipped = 0
        """How many lines of the screen of the line at the top are above it; only where lines are wrapped."""
        self._top = 0
        self._seeks = False
        """Whether the cursor is on a line that was not held when it went there, and so not measured."""
        self._pieces_of: dict[int, list[list[Cell]]] = {}
        self._drawn: list[tuple[int, int]] | None = None

    @property
    def cursor(self) -> int:
        """The number of the line the cursor is on."""
        return self._cursor

    @property
    def current(self) -> Log | None:
        """The line the cursor is on, where it is held."""
        return self._log(self._cursor)

    def put(
        self, count: int, first: int, logs: Sequence[Log], *, about: bool = False, narrowed: str = ""
    ) -> None:
        """Show that the log has so many lines, and what some of them are.

        Args:
            count: how many lines there are.
            first: the number of the first line given.
            logs: some of the lines.
            about: whether there are only about so many.
            narrowed: which lines these are, if not all.
        """
        self._count, self._first, self._logs = count, first, logs
        self._about, self._narrowed = about, narrowed
        self._empty = "no line fits" if narrowed else "nothing was logged"
        self._measure_anew()
        gone = self._top >= max(1, count)
        if self.wraps and gone:
            self._scroll(0, 0)
        if self.follows:
            self._to(count - 1)
        self._cursor = max(0, min(self._cursor, count - 1))
        if self.wraps and (self.follows or self._seeks or gone):
            self._seeks = self.current is None
            self._reveal(self._cursor)
        self.refresh()

    def highlight(self, text: str) -> None:
        """Show where a text stands in the lines."""
        self._text, self._sought = text.casefold(), text
        self._measure_anew()
        self.refresh()

    def wrap(self, *, wraps: bool) -> None:
        """Show long lines on as many lines of the screen as they take, or cut them."""
        self.wraps, self._skipped = wraps, 0
        self._measure_anew()
        self._top = int(self.scroll_offset.y)
        self._to(self._cursor)
        if wraps:
            self._reveal(self._cursor)
        self.refresh()
        self.post_message(self.Window(self))

    def move_to(self, place: int) -> None:
        """Put the cursor on a line by its number, and follow the end no more."""
        self.follows = False
        self._to(place)
        self.post_message(self.Window(self))

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
            about = "about " if self._about else ""
            name = Cell(
                f" log  {about}{self._count:,} line{'' if self._count == 1 else 's'}",
                painting.FOCUSED if self.has_focus else "bold",
            )
            following = Cell("  following" if self.follows else "", "green")
            narrowed = Cell(f"  {self._narrowed}" if self._narrowed else "", "yellow")
            sought = Cell(f"  /{visible(self._sought)}" if self._sought else "", "yellow")
            whole = Cell("  wrapped" if self.wraps else "", "bright_black")
            return self.painted([name, narrowed, sought, following, whole], room)
        place, piece = self._shown_at(y - _TOP)
        if place >= self._count:
            return self.painted([Cell(f"  {self._empty}", "bright_black")] if place == 0 else (), room)
        here = place == self._cursor and self.has_focus
        extra = self.cursor_style(focused=True) if here else None
        return self.painted([self.bar(here=here, focused=True), *self._pieces(place)[piece]], room, extra)

    def _shown_at(self, row: int) -> tuple[int, int]:
        """Return the number of the line that is shown in a row of the screen, and which piece of it."""
        if not self.wraps:
            return int(self.scroll_offset.y) + row, 0
        drawn = self._layout()
        return drawn[row] if row < len(drawn) else (self._count + row - len(drawn), 0)

    def _layout(self) -> list[tuple[int, int]]:
        """Return what is shown in each row of the screen: the number of a line, and which piece of it."""
        if self._drawn is None:
            rows, place, begin = self._rows, self._top, self._skipped
            self._drawn = []
            while len(self._drawn) < rows and place < self._count:
                self._drawn += [(place, piece) for piece in range(begin, len(self._pieces(place)))]
                place, begin = place + 1, 0
            del self._drawn[rows:]
        return self._drawn

    def _pieces(self, place: int) -> list[list[Cell]]:
        """Return a line as it is shown: whole, or in pieces no wider than the screen."""
        known = self._pieces_of.get(place)
        if known is None:
            log = self._log(place)
            cells = self._cells(log) if log else [Cell("…" if self.glyphs else "...", "bright_black")]
            cells = _lit(cells, self._text) if self._text else cells
            known = fitting.wrapped(cells, self.size.width - 2, hang=_HANG) if self.wraps else [cells]
            self._pieces_of[place] = known
        return known

    def _cells(self, log: Log) -> list[Cell]:
        if self.wraps:
            return presented.short_line(log)
        room = self.size.width - 1
        return fitting.giving(presented.short_line(log, room), presented.MESSAGE, room)

    def _measure_anew(self) -> None:
        """Forget how the lines are shown; there are others, or there is other room for them."""
        self._pieces_of.clear()
        self._drawn = None
        rows = self._count - 1 + self.size.height if self.wraps else self._count + _TOP
        self.virtual_size = Size(self.size.width, rows)

    @property
    def _rows(self) -> int:
        return max(1, self.size.height - _TOP)

    def _log(self, place: int) -> Log | None:
        index = place - self._first
        return self._logs[index] if 0 <= index < len(self._logs) else None

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for the lines that are seen now."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            if self.wraps and self._top != round(new_value):  # somebody scrolls without the cursor
                self._top, self._skipped, self._drawn = round(new_value), 0, None
            self.post_message(self.Window(self))

    def on_resize(self, event: events.Resize) -> None:
        """Ask for the lines there is room for now."""
        del event
        self._measure_anew()
        self._to(self._cursor)
        self.post_message(self.Window(self))

    def _to(self, place: int) -> None:
        left, self._cursor = self._cursor, max(0, min(place, self._count - 1))
        if left != self._cursor:
            self.post_message(self.Moved(self.current))
        if self.wraps:
            self._seeks = self.current is None
            self._reveal(self._cursor)
            return
        rows, first = self._rows, int(self.scroll_offset.y)
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

    def _reveal(self, place: int) -> None:
        """Scroll so that a line is seen whole, or its beginning where it is longer than the screen; of the last one the end, if it is followed."""
        rows = self._rows
        if place < self._top or (place == self._top and self._skipped and not self.follows):
            self._scroll(place, 0)
            return
        used = -self._skipped
        for each in range(self._top, place + 1):
            used += len(self._pieces(each))
            if used > rows:
                break
        else:
            self.refresh()
            return
        left, top = rows - len(self._pieces(place)), place
        if left < 0:
            self._scroll(place, -left if self.follows else 0)
            return
        while left > 0 and top:
            top -= 1
            left -= len(self._pieces(top))
        self._scroll(top, max(0, -left))

    def _scroll(self, top: int, skipped: int) -> None:
        """Have a line at the top, so many of its pieces above it."""
        self._top, self._skipped, self._drawn = top, skipped, None
        self.scroll_to(y=top, animate=False, force=True, immediate=True)
        self.refresh()

    def _scrolled_within(self, by: int) -> bool:
        """Scroll by a line of the screen where the line of the cursor goes on beyond its edge; return whether it did."""
        if not self.wraps or abs(by) != 1 or not self._count:
            return False
        if by < 0:
            if self._cursor != self._top or not self._skipped:
                return False
            self._scroll(self._top, self._skipped - 1)
            return True
        place, piece = self._layout()[-1] if self._layout() else (-1, 0)
        if place != self._cursor or piece + 1 >= len(self._pieces(place)):
            return False
        whole = self._skipped + 1 < len(self._pieces(self._top))
        self._scroll(*((self._top, self._skipped + 1) if whole else (self._top + 1, 0)))
        return True

    def action_move(self, by: int) -> None:
        """Move by lines; on the last line the end is followed."""
        if self._scrolled_within(by):
            self.follows = False
            return
        self.follows = self._cursor + by >= self._count - 1
        self._to(self._cursor + by)
        self.post_message(self.Window(self))

    def action_to(self, place: int) -> None:
        """Move to the first line or to the last."""
        self.action_move(-self._count if place == 0 else self._count)

    def action_page(self, by: int) -> None:
        """Move by a page."""
        lines = len({place for place, _ in self._layout()}) if self.wraps else self._rows
        self.action_move(by * max(1, lines - 1))

    def action_open(self) -> None:
        """Read the line of the cursor whole."""
        log = self._log(self._cursor)
        if log is not None:
            self.post_message(self.Opened(log))


def _lit(cells: Sequence[Cell], text: str) -> list[Cell]:
    """Return cells with a text in a colour of its own wherever it stands."""
    found = []
    for cell in cells:
        low, begin = cell.text.casefold(), 0
        if len(low) == len(cell.text):  # a few letters are longer in lower case; these lines stay as they are
            while (at := low.find(text, begin)) >= 0:
                found += [
                    Cell(cell.text[begin:at], cell.color),
                    Cell(cell.text[at : at + len(text)], "found"),
                ]
                begin = at + len(text)
        found.append(cell._replace(text=cell.text[begin:]))
    return found
