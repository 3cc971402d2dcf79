"""The tasks of a flow over its last runs: a mark for each, with a cursor that moves both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from pacc._internal.visible import visible
from pacc.presentation.fitting import fitted
from pacc.presentation.states import mark
from pacc.presentation.tables import Cell
from pacc.presentation.text import width
from pacc.tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from textual import events
    from textual.strip import Strip

    from pacc.schemas.overview import ListedRun, MatrixCell, RunMatrix

_TOP = 1
_NAMES = 22


class Matrix(Canvas, ScrollView, can_focus=True):
    """Rows are tasks, the flow run itself the first; columns are runs, the latest at the right."""

    DEFAULT_CSS = "Matrix { scrollbar-size-vertical: 1; overflow-x: hidden; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(0, 1)", "Down", show=False),
        Binding("k,up", "move(0, -1)", "Up", show=False),
        Binding("h,left", "move(-1, 0)", "The run before", show=False),
        Binding("l,right", "move(1, 0)", "The next run", show=False),
        Binding("g,home", "move(-1000, 0)", "The first run", show=False),
        Binding("G,end", "move(1000, 0)", "The last run", show=False),
        Binding("enter", "open", "Open", show=False),
    ]

    class Moved(Message):
        """The cursor is elsewhere."""

    class Opened(Message):
        """A mark was chosen."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._matrix: RunMatrix | None = None
        self._run = 10**6
        self._row = 0

    @property
    def run(self) -> ListedRun | None:
        """The run of the column the cursor is in."""
        runs = self._matrix.runs if self._matrix else ()
        return runs[self._run] if self._run < len(runs) else None

    @property
    def cell(self) -> MatrixCell | None:
        """What the cursor is on, nothing on a flow run and where a task was not called."""
        if self._matrix is None or self._row == 0 or self.run is None:
            return None
        return self._matrix.rows[self._row - 1].cells[self._run]

    @property
    def task_name(self) -> str:
        """The name of the task of the row of the cursor, empty in that of the flow runs."""
        return self._matrix.rows[self._row - 1].task if self._matrix and self._row else ""

    def put(self, matrix: RunMatrix) -> None:
        """Show another one; the cursor stays on its run, or with the latest."""
        here = self.run
        self._matrix = matrix
        ids = [each.run.id for each in matrix.runs]
        last = max(0, len(ids) - 1)
        self._run = ids.index(here.run.id) if here is not None and here.run.id in ids else last
        self._row = min(self._row, len(matrix.rows))
        self.virtual_size = Size(self.size.width, len(matrix.rows) + 1 + _TOP)
        self.refresh()
        self.post_message(self.Moved())

    def render_line(self, y: int) -> Strip:
        """Draw the line of the column of the cursor, the flow runs, or a task."""
        room = self.size.width
        if self._matrix is None:
            return self.painted([Cell("  reading", "bright_black")] if y == 0 else (), room)
        first, shown = self._columns(room)
        if y < _TOP:
            sign = Cell("▾" if self.glyphs else "v", "blue")
            return self.painted([Cell(" " * (self._names + 2 + 2 * (self._run - first))), sign], room)
        place = int(self.scroll_offset.y) + y - _TOP
        if place > len(self._matrix.rows):
            return self.painted((), room)
        here = place == self._row
        extra = self.cursor_style(focused=self.has_focus) if here else None
        return self.painted(
            [self.bar(here=here, focused=self.has_focus), *self._line(place, first, shown)], room, extra
        )

    @property
    def _names(self) -> int:
        """How wide the names of the tasks are drawn: as they are where all runs fit beside them."""
        rows, count = (self._matrix.rows, len(self._matrix.runs)) if self._matrix else ((), 0)
        widest = max((width(visible(row.task)) for row in rows), default=0)
        return max(_NAMES, min(widest, self.size.width - 2 * count - 3))

    def _columns(self, room: int) -> tuple[int, int]:
        """The first column that is seen, and how many are."""
        count = len(self._matrix.runs) if self._matrix else 0
        shown = max(1, min(count, (room - self._names - 3) // 2))
        first = max(0, min(count - shown, self._run - shown // 2)) if count > shown else 0
        return first, shown

    def _line(self, place: int, first: int, shown: int) -> list[Cell]:
        assert self._matrix is not None  # noqa: S101 - only asked where there is one
        matrix = self._matrix
        if place == 0:
            name = Cell("the flow itself", "bright_black")
            states = [(each.run.state_type or "", each.run.state_name or "", 1) for each in matrix.runs]
        else:
            row = matrix.rows[place - 1]
            name = Cell(visible(row.task))
            states = [
                ("", "", 0) if each is None else (each.state_type, each.state_name, each.runs)
                for each in row.cells
            ]
        cells = [fitted(name, self._names), Cell(" ")]
        for kind, state, count in states[first : first + shown]:
            sign = mark(kind, state if count == 1 else "")
            text = " " if not count else sign.glyph if self.glyphs else sign.letter
            cells.append(Cell(f"{text} ", sign.color))
        return cells

    def on_resize(self, event: events.Resize) -> None:
        """Keep the scrollbar true."""
        rows = len(self._matrix.rows) if self._matrix else 0
        self.virtual_size = Size(event.size.width, rows + 1 + _TOP)

    def action_move(self, across: int, down: int) -> None:
        """Move the cursor by runs and by tasks."""
        if self._matrix is None or not self._matrix.runs:
            return
        self._run = max(0, min(self._run + across, len(self._matrix.runs) - 1))
        self._row = max(0, min(self._row + down, len(self._matrix.rows)))
        rows, first = max(1, self.size.height - _TOP), int(self.scroll_offset.y)
        if not first <= self._row < first + rows:
            target = self._row if self._row < first else self._row - rows + 1
            self.scroll_to(y=target, animate=False, force=True, immediate=True)
        self.refresh()
        self.post_message(self.Moved())

    def action_open(self) -> None:
        """Open what the cursor is on."""
        self.post_message(self.Opened())

    def next_failure(self) -> None:
        """Go to the next run in which the row of the cursor went wrong, and from the last one to the first."""
        if self._matrix is None or not self._matrix.runs:
            return
        row = None if self._row == 0 else self._matrix.rows[self._row - 1]
        kinds = (
            [each.run.state_type for each in self._matrix.runs]
            if row is None
            else [each and each.state_type for each in row.cells]
        )
        places = [*range(self._run + 1, len(kinds)), *range(self._run + 1)]
        for place in places:
            if kinds[place] in ("FAILED", "CRASHED"):
                self.action_move(place - self._run, 0)
                return
