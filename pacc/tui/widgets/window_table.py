"""A list of any length: it holds ids, and rows only of what is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView

from pacc.presentation import fitting
from pacc.presentation.tables import Cell
from pacc.tui import painting
from pacc.tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from textual import events
    from textual.strip import Strip

    from pacc.presentation.fitting import Fit

_MOST_KEPT = 1000


def _runs(row: Any) -> bool:
    """Whether a row is that of a run that goes on."""
    return getattr(getattr(row, "run", None), "state_type", None) == "RUNNING"


class WindowTable(Canvas, ScrollView, can_focus=True):
    """A list with a cursor, drawn line by line.

    Args:
        columns: what stands in a row.
        draw: makes the cells of a row from what was put for its id.
        heading: what the list is called, over its columns; nothing for none.
        empty: what is said where the list is.
        names: whether the names of the columns are shown.
        id: the widget's.
    """

    DEFAULT_CSS = "WindowTable { scrollbar-size-vertical: 1; overflow-x: hidden; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False),
        Binding("k,up", "move(-1)", "Up", show=False),
        Binding("g,home", "to(0)", "First", show=False),
        Binding("G,end", "to(-1)", "Last", show=False),
        Binding("ctrl+d", "page(0.5)", "Half a page down", show=False),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False),
        Binding("pagedown", "page(1)", "A page down", show=False),
        Binding("pageup", "page(-1)", "A page up", show=False),
        Binding("enter", "open", "Open", show=False),
    ]

    class Window(Message):
        """Other rows are seen than before, and what stands in them is not known."""

        def __init__(self, table: WindowTable) -> None:
            super().__init__()
            self.table = table

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, table: WindowTable) -> None:
            super().__init__()
            self.table = table

    class Beyond(Message):
        """Somebody goes on from the last row, or back from the first one."""

        def __init__(self, table: WindowTable, by: int) -> None:
            super().__init__()
            self.table = table
            self.by = by

    class Opened(Message):
        """A row was chosen."""

        def __init__(self, table: WindowTable, identity: str) -> None:
            super().__init__()
            self.table = table
            self.identity = identity

    def __init__(
        self,
        columns: Sequence[Fit],
        draw: Callable[..., tuple[Cell, ...]],
        *,
        heading: str = "",
        empty: str = "nothing",
        names: bool = True,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.columns = columns
        """What stands in a row."""
        self._draw = draw
        self._heading = heading
        self._empty: str = "reading"
        self.empty = empty
        self._names = names
        self._ids: Sequence[str] = ()
        self._rows: dict[str, Any] = {}
        self._gone: set[str] = set()
        self._cursor = 0
        self.marked: dict[str, None] = {}
        """The ids of the rows somebody has marked, in the order of marking."""
        self.wanted: str | None = None
        """The id of the row the cursor is to go to as soon as the list has it."""

    # ------------------------------------------------------------------------------- what it shows

    @property
    def top(self) -> int:
        """How many lines stand over the first row."""
        return bool(self._heading) + bool(self._names)

    @property
    def ids(self) -> Sequence[str]:
        """The ids of all rows, in their order."""
        return self._ids

    @property
    def current(self) -> str | None:
        """The id of the row the cursor is on."""
        return self._ids[self._cursor] if self._cursor < len(self._ids) else None

    @property
    def current_row(self) -> Any:
        """What was put for that row, nothing where it is not known."""
        return None if self.current is None else self._rows.get(self.current)

    def row(self, identity: str) -> Any:
        """Return what was put for an id, nothing where it is not known."""
        return self._rows.get(identity)

    def show(self, ids: Sequence[str]) -> None:
        """Show these rows in this order; the cursor stays on its row, or at the top where it was there."""
        held = self.current
        self._ids, self._empty = ids, self.empty
        self.virtual_size = Size(self.size.width, len(ids) + self.top)
        if self.wanted is not None and self.wanted in ids:
            self._cursor, self.wanted = ids.index(self.wanted), None
        elif held is not None and self._cursor > 0:
            self._cursor = self._place(held)
        self._cursor = max(0, min(self._cursor, len(ids) - 1))
        self._reveal()
        self.refresh()
        self.post_message(self.Window(self))
        if self.current != held:
            self.post_message(self.Moved(self))

    def _place(self, identity: str) -> int:
        near = self._cursor
        for place in range(max(0, near - 3), min(len(self._ids), near + 4)):
            if self._ids[place] == identity:
                return place
        find = getattr(self._ids, "place", None)
        if find is not None:
            found = find(identity)
            return near if found is None else int(found)
        return self._ids.index(identity) if identity in self._ids else near

    def fill(self, rows: Mapping[str, Any], asked: Sequence[str]) -> None:
        """Put what stands in rows that were asked for; those that did not come are gone."""
        if len(self._rows) > _MOST_KEPT:
            self._rows.clear()
        self._rows.update(rows)
        self._gone = {identity for identity in asked if identity not in rows}
        self.refresh()

    def put(self, ids: Sequence[str], rows: Mapping[str, Any]) -> None:
        """Show a short list whole."""
        self._rows = dict(rows)
        self._gone = set()
        self.show(ids)

    def head(self, text: str) -> None:
        """Call the list something else."""
        if text != self._heading:
            self._heading = text
            self.refresh()

    def seen(self) -> list[str]:
        """Return the ids of the rows that are seen, and some before and after them."""
        height = max(1, self.size.height)
        first = max(0, int(self.scroll_offset.y) - height // 2)
        return list(self._ids[first : first + 2 * height])

    # ------------------------------------------------------------------------------------- drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line: the heading, the names of the columns, or a row."""
        room = self.size.width
        if self._heading and y == 0:
            return self.painted(
                [Cell(f" {self._heading}", painting.FOCUSED if self.has_focus else "bold")], room
            )
        drawn = fitting.widths(self.columns, room - 2)
        if y < self.top:
            names = [Cell(each.name, "bright_black") for each in self.columns]
            return self.painted([Cell(" "), *fitting.line(names, self.columns, drawn)], room)
        place = int(self.scroll_offset.y) + y - self.top
        if place >= len(self._ids):
            said = place == 0 and self._empty
            return self.painted([Cell(f"  {self._empty}", "bright_black")] if said else (), room)
        return self._row_line(place, drawn, room)

    def _row_line(self, place: int, drawn: Sequence[int], room: int) -> Strip:
        identity, here = self._ids[place], place == self._cursor
        extra = self.cursor_style(focused=self.has_focus) if here else None
        lead = self.bar(here=here, focused=self.has_focus)
        if identity in self.marked:
            lead = Cell(lead.text if here else "•" if self.glyphs else "*", "yellow")
        row = self._rows.get(identity)
        if row is None:
            text = "deleted" if identity in self._gone else ("…" if self.glyphs else "...")
            return self.painted([lead, Cell(text, "bright_black")], room, extra)
        cells = self._draw(row, self._now(), glyphs=self.glyphs)
        return self.painted([lead, *fitting.line(cells, self.columns, drawn)], room, extra)

    def _now(self) -> datetime:
        return self.around.now()

    # -------------------------------------------------------------------------------------- moving

    def move_to(self, place: int) -> None:
        """Put the cursor on a row by its number; beyond the ends is at the ends."""
        place = max(0, min(place, len(self._ids) - 1))
        if place != self._cursor:
            left, self._cursor = self._cursor, place
            self._reveal()
            self.redraw(left, place)
            self.post_message(self.Moved(self))

    def mark(self) -> None:
        """Mark the row of the cursor, or let it go, and go to the next one."""
        if self.current is not None:
            if self.current in self.marked:
                del self.marked[self.current]
            else:
                self.marked[self.current] = None
            self.redraw(self._cursor)
            self.move_to(self._cursor + 1)

    def redraw(self, *places: int) -> None:
        """Draw these rows anew and no others, as far as they are seen."""
        first, room = self.top - int(self.scroll_offset.y), self.size.width
        regions = [Region(0, place + first, room, 1) for place in places if place + first >= self.top]
        if regions:
            self.refresh(*regions)

    def advance(self) -> None:
        """Draw the rows anew that the clock changes: durations of what runs."""
        first = int(self.scroll_offset.y)
        places = range(first, min(len(self._ids), first + self.size.height))
        self.redraw(*(place for place in places if _runs(self._rows.get(self._ids[place]))))

    @property
    def cursor(self) -> int:
        """The number of the row the cursor is on."""
        return self._cursor

    def _reveal(self) -> None:
        """Scroll so that the row of the cursor is seen."""
        rows = max(1, self.size.height - self.top)
        first = int(self.scroll_offset.y)
        if self._cursor < first:
            self.scroll_to(y=self._cursor, animate=False, force=True, immediate=True)
        elif self._cursor >= first + rows:
            self.scroll_to(y=self._cursor - rows + 1, animate=False, force=True, immediate=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for the rows that are seen now."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Window(self))

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in sight, and ask for the rows there is room for now."""
        self.virtual_size = Size(event.size.width, len(self._ids) + self.top)
        self._reveal()
        self.post_message(self.Window(self))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where somebody points; a second click opens."""
        place = int(self.scroll_offset.y) + event.y - self.top
        if event.y < self.top or place >= len(self._ids):
            return
        if place == self._cursor and event.chain > 1:
            self.action_open()
        self.move_to(place)

    def action_move(self, by: int) -> None:
        """Move the cursor by some rows."""
        if self._cursor == (len(self._ids) - 1 if by > 0 else 0):
            self.post_message(self.Beyond(self, by))
        self.move_to(self._cursor + by)

    def action_to(self, place: int) -> None:
        """Move the cursor to a row, counted from the end where it is negative."""
        self.move_to(place if place >= 0 else len(self._ids) + place)

    def action_page(self, pages: float) -> None:
        """Move the cursor by pages or parts of one."""
        self.action_move(int(pages * max(2, self.size.height - self.top)))

    def action_open(self) -> None:
        """Open the row of the cursor."""
        if self.current is not None:
            self.post_message(self.Opened(self, self.current))
