"""What ran within a flow run: a tree or lanes with bars over time, or the graph of what results went where."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from pacc.presentation import gantt, layers, timelines
from pacc.presentation.fitting import fitted
from pacc.presentation.folding import TIMELINE_FOLDS_AT
from pacc.presentation.tables import Cell
from pacc.presentation.text import width
from pacc.tui import painting
from pacc.tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual import events
    from textual.strip import Strip

    from pacc.presentation.layers import DrawnBox
    from pacc.presentation.timelines import Lane, Row
    from pacc.schemas.graphs import FlowRunGraph

    Item = Row | Lane | DrawnBox

_TOP = 1
VIEWS = ("tree", "lanes", "graph")
_MOST_KEPT = 500


_BAD = ("red", "bright_red")


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

        def __init__(self, timeline: Timeline, row: Item) -> None:
            super().__init__()
            self.timeline = timeline
            self.row = row

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._graph: FlowRunGraph | None = None
        self._rows: Sequence[Item] = ()
        self._bounds = timelines.bounds_of(())
        self._widest = 0
        self._cursor = 0
        self._zoom = 1.0
        self._shift = 0.0  # of the whole, where the line begins; in the graph the first cell that is seen
        self._mark: float | None = None
        self._drawn: dict[tuple[object, ...], tuple[Cell, ...]] = {}
        self.view = VIEWS[0]
        self.folds = True

    @property
    def current(self) -> Item | None:
        """The row the cursor is on."""
        return self._rows[self._cursor] if self._cursor < len(self._rows) else None

    @property
    def began(self) -> float | None:
        """When the run of the cursor began, in seconds since the epoch, nothing where it has not."""
        row = self.current
        spans = row.longest.spans if isinstance(row, timelines.Lane) else getattr(row, "spans", ())
        return min((began for began, _ in spans), default=None)

    def put(self, graph: FlowRunGraph) -> None:
        """Show what ran; the cursor stays on its run."""
        self._graph = graph
        self._arrange()

    def show(self, view: str, *, folds: bool) -> None:
        """Show the same another way."""
        self._shift, self._zoom = 0.0, 1.0
        self.view, self.folds = view, folds
        self._arrange()

    def _arrange(self) -> None:
        if self._graph is None:
            return
        held = self.current
        self._rows = self._items(self._graph, None if held is None else held.id)
        self._bounds = timelines.bounds_of(self._begun())
        self._widest = 30 if self.view == "lanes" else gantt.widest_name(self._begun())
        self._drawn.clear()
        if held is not None:
            places = (place for place, row in enumerate(self._rows) if row.id == held.id)
            self._cursor = next(places, self._cursor)
        self._cursor = max(0, min(self._cursor, len(self._rows) - 1))
        self.virtual_size = Size(self.size.width, len(self._rows) + _TOP)
        self.refresh(layout=True)
        self.post_message(self.Moved(self))

    def _items(self, graph: FlowRunGraph, around: str | None) -> Sequence[Item]:
        if self.view == "lanes":
            return timelines.lanes(graph, self.around.now().timestamp(), glyphs=self.glyphs)
        if self.view == "graph":
            fold_at = 8 if self.folds else None
            return layers.drawn(graph, around=around, fold_at=fold_at, glyphs=self.glyphs)
        return timelines.rows(graph, fold_at=TIMELINE_FOLDS_AT if self.folds else None, glyphs=self.glyphs)

    def _begun(self) -> Iterator[Row]:
        for row in self._rows:
            if isinstance(row, timelines.Lane):
                yield from row.runs
            elif isinstance(row, timelines.Row):
                yield row

    def move_to(self, identity: str) -> bool:
        """Put the cursor on the row of a run, and say whether it has one."""
        places = (place for place, row in enumerate(self._rows) if row.id == identity)
        place = next(places, None)
        if place is not None:
            self._to(place)
        return place is not None

    def next_failure(self) -> bool:
        """Put the cursor on the next row with a run that failed or crashed, behind the last one on the first, and say whether there is one."""
        bad = [place for place, row in enumerate(self._rows) if _failed(row)]
        if bad:
            self._to(next((place for place in bad if place > self._cursor), bad[0]))
        return bool(bad)

    def mark(self, moment: float | None) -> None:
        """Mark a moment, in seconds since the epoch, or none."""
        if moment != self._mark:
            self._mark = moment
            self.refresh()

    # ------------------------------------------------------------------------------------- drawing

    def span(self) -> tuple[float, float]:
        """Return the moments the lines begin and end with, in seconds since the epoch."""
        left, right = self._bounds.at(self.around.now().timestamp())
        whole = right - left
        begin = left + whole * self._shift
        return begin, begin + whole / self._zoom

    def render_line(self, y: int) -> Strip:
        """Draw the ruler or a row."""
        room, place = self.size.width, int(self.scroll_offset.y) + y - _TOP
        if y < _TOP:
            return self._head(room)
        if place >= len(self._rows):
            said = place == 0 and self._graph is not None
            return self.painted([Cell("  no task was called", "bright_black")] if said else (), room)
        row, here = self._rows[place], place == self._cursor
        cells = [self.bar(here=here, focused=self.has_focus), *self._cells(row, room)]
        extra = self.cursor_style(focused=self.has_focus) if here else None
        return self.painted(cells, room, extra)

    def _head(self, room: int) -> Strip:
        color = painting.FOCUSED if self.has_focus else "bold"
        if self.view == "graph":
            named = Cell(" graph", color)
            return self.painted(
                [named, Cell("  what each got results from, left of it", "bright_black")], room
            )
        names, line = self._widths(room)
        title = fitted(Cell(f" {'timeline' if self.view == 'tree' else 'lanes'}", color), names + 1)
        told = timelines.ruler(*self.span(), line, self.around.now().astimezone()) if self._rows else ""
        place = self._place_of_mark(line)
        if place is None:
            return self.painted([title, Cell(told, "bright_black")], room)
        sign = Cell("▾" if self.glyphs else "v", "magenta")
        return self.painted(
            [title, Cell(told[:place], "bright_black"), sign, Cell(told[place + 1 :], "bright_black")], room
        )

    def _widths(self, room: int) -> tuple[int, int]:
        """How wide the names are, and the lines behind them."""
        names = gantt.names_width(self._widest, room)
        return names, max(1, room - names - 1)

    def _place_of_mark(self, line: int) -> int | None:
        left, right = self.span()
        if self._mark is None or not left <= self._mark <= right:
            return None
        return min(line - 1, int((self._mark - left) / (right - left) * line))

    def _cells(self, row: Item, room: int) -> Sequence[Cell]:
        if isinstance(row, layers.DrawnBox):
            return _behind(row.cells, int(self._shift))
        (names, line), now = self._widths(room), self.around.now().timestamp()
        mark, span = self._place_of_mark(line), self.span()
        named = (
            gantt.lane_cells(row, names)
            if isinstance(row, timelines.Lane)
            else gantt.name_cells(row, names, now)
        )
        key = (row.id, line, mark, *span)
        if key not in self._drawn:
            if len(self._drawn) > _MOST_KEPT:
                self._drawn.clear()
            self._drawn[key] = (
                gantt.lane_bar(row, span, line, now, mark=mark, glyphs=self.glyphs)
                if isinstance(row, timelines.Lane)
                else gantt.bar(row, span, line, now, mark=mark, glyphs=self.glyphs)
            )
        return [*named, *self._drawn[key]]

    # -------------------------------------------------------------------------- moving and zooming

    def zoom(self, by: float) -> None:
        """Show a shorter or longer stretch around the middle; 0 shows the whole."""
        if self.view == "graph":
            self._hold(0.0)
            return
        middle = self._shift + 0.5 / self._zoom
        self._zoom = 1.0 if by == 0 else min(10_000.0, max(1.0, self._zoom * by))
        self._hold(middle - 0.5 / self._zoom)

    def pan(self, by: float) -> None:
        """Move to earlier or later, by a share of what is seen; in the graph to the left or right."""
        self._hold(self._shift + (by * self.size.width if self.view == "graph" else by / self._zoom))

    def _hold(self, shift: float) -> None:
        if self.view == "graph":
            widest = max(
                (
                    sum(width(each.text) for each in row.cells)
                    for row in self._rows
                    if isinstance(row, layers.DrawnBox)
                ),
                default=0,
            )
            self._shift = max(0.0, min(shift, float(widest - self.size.width // 2)))
        else:
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


def _failed(row: Item) -> bool:
    """Whether a run of a row went wrong, by the colour of its mark."""
    runs = row.runs if isinstance(row, timelines.Lane) else (row,)
    return any(getattr(each, "color", "") in _BAD for each in runs)


def _behind(cells: Sequence[Cell], first: int) -> list[Cell]:
    """Return the part of a line behind so many characters."""
    found, passed = [], 0
    for cell in cells:
        found.append(cell._replace(text=cell.text[max(0, first - passed) :]))
        passed += len(cell.text)
    return found
