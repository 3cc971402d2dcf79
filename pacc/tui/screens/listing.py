"""What the lists of flow runs and of task runs share: any length, narrowed, sorted, and only those rows read that are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pacc._internal.visible import visible
from pacc.presentation.tables import Cell
from pacc.tui import searching
from pacc.tui.screens.marking import Marked
from pacc.tui.screens.page import RunsPage
from pacc.tui.widgets.canvas import Line
from pacc.tui.widgets.window_table import WindowTable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from pacc._internal.packed_ids import PackedIds
    from pacc.presentation.fitting import Fit
    from pacc.store import Store
    from pacc.tui.searching import Search


class Place(NamedTuple):
    """Where a run stands in the list, if it stands there."""

    number: int | None


class Listing(Marked, RunsPage):
    """A list of runs of any length."""

    kind: ClassVar[str]
    """What it lists, as `searching` calls it."""
    sorts: ClassVar[Sequence[tuple[Any, str]]]
    columns: ClassVar[Sequence[Fit]]
    cells: ClassVar[Callable[..., tuple[Cell, ...]]]

    most: ClassVar[int | None] = None
    """So many rows are listed at once, and the others by going on beyond the last one; all of them unless given."""

    def __init__(self) -> None:
        super().__init__()
        self._passed = 0
        """How many rows of the list stand before the first one that is held."""
        self._arrives: int | None = None
        """Where the cursor goes when other rows are there: to the first one, or to the last one."""
        self._sort = 0
        self._count: int | None = None

    def body(self) -> ComposeResult:
        """Make the line over the list, and the list."""
        yield Line(id="about")
        yield WindowTable(self.columns, type(self).cells, empty="no run fits", id="runs")

    @property
    def table(self) -> WindowTable:
        """The list."""
        return self.query_one("#runs", WindowTable)

    def on_mount(self) -> None:
        """Begin in the list."""
        self.table.focus()
        self.put_about()

    # ------------------------------------------------------------------------------------- reading

    def order(self, store: Store, search: Search, sort: Any, passed: int) -> PackedIds:
        """Return the ids of the list from a row on, in the thread."""
        raise NotImplementedError

    def rows(self, store: Store, ids: Sequence[str]) -> Mapping[str, Any]:
        """Return the rows of some ids, in the thread."""
        raise NotImplementedError

    def look(self) -> None:
        """Read the order of the list, and the rows that are seen."""
        search, sort, passed = self.search, self.sorts[self._sort][0], self._passed
        self.dashboard.following.watch(
            self, "order", lambda store: (passed, self.order(store, search, sort, passed))
        )
        self._watch_rows()

    def on_window_table_window(self) -> None:
        """Read the rows that are seen now, and again whenever the store changes."""
        if self.is_current:
            self._watch_rows()

    def _watch_rows(self) -> None:
        asked = self.table.seen()
        if asked:
            self.dashboard.following.watch(self, "rows", lambda store: (asked, self.rows(store, asked)))

    def seen(self, name: str, value: Any) -> None:
        """Show the order or the rows."""
        if name == "order":
            self._take(*value)
        else:
            asked, rows = value
            self.table.fill(rows, asked)

    def _take(self, passed: int, ids: PackedIds) -> None:
        """Show the order, unless other rows are wanted by now."""
        if passed != self._passed:
            return
        if passed and not ids:
            self.notify("There are none behind these.", timeout=2)
            self._list_from(passed - (self.most or passed), -1)
            return
        self._count = len(ids)
        if ids != self.table.ids or not len(ids):
            self.table.show(ids)
        if self._arrives is not None:
            self.table.move_to(self._arrives if self._arrives >= 0 else len(ids) - 1)
            self._arrives = None
        self.put_about()

    def _list_from(self, passed: int, arrives: int) -> None:
        """List the rows from one on, with the cursor on the first one or on the last one."""
        self._passed, self._arrives = passed, arrives
        self.look()

    def act_older(self) -> None:
        """List the rows behind these."""
        if self.most is not None and (self._count or 0) >= self.most:
            self._list_from(self._passed + self.most, 0)

    def act_newer(self) -> None:
        """List the rows before these."""
        if self.most is not None and self._passed:
            self._list_from(max(0, self._passed - self.most), -1)

    def on_window_table_beyond(self, message: WindowTable.Beyond) -> None:
        """Go on where the list does, behind the last row or before the first one that is held."""
        if message.by > 0:
            self.act_older()
        else:
            self.act_newer()

    def put_about(self) -> None:
        """Say what is listed, how many there are, in which order, and what is marked."""
        glyphs, count, marked = self.dashboard.glyphs, self._count, len(self.table.marked)
        between, reading = (" · ", "…") if glyphs else (" - ", "...")
        told = reading if count is None else f"{count:,}"
        noun = self.kind.removesuffix("s") if count == 1 else self.kind
        if count is not None and self.most is not None and (self._passed or count >= self.most):
            noun = f"to {self._passed + count:,} of the {self.kind}"
            told = f"{self._passed + 1:,}"
        cells = [
            Cell(f" {told} {noun}", "bold"),
            Cell(f"{between}/{visible(self.typed)}" if self.typed else "", "yellow"),
            Cell(f"{between}{marked:,} marked" if marked else "", "yellow"),
            Cell(f"{between}{self.sorts[self._sort][1]}", "bright_black"),
        ]
        right = [
            "] older " if self.most is not None and count == self.most else "",
            "[ newer " if self._passed else "",
            "esc clears " if self.typed else "",
        ]
        self.query_one("#about", Line).put(cells, [Cell(each, "bright_black") for each in right if each])

    def advance(self) -> None:
        """What runs takes longer."""
        self.table.advance()

    # ------------------------------------------------------------------------------------ narrowing

    def parsed(self, typed: str, now: datetime) -> Search:
        """Return what was typed as filters."""
        return searching.parse(typed, now, self.kind)

    def act_sort(self) -> None:
        """Take the next order."""
        self._sort = (self._sort + 1) % len(self.sorts)
        self.table.move_to(0)
        self._passed = 0
        self.put_about()
        self.look()

    def narrowed(self) -> None:
        """Read what fits the search."""
        self._passed = 0
        self.put_about()
        self.look()

    def kept_as(self) -> str:
        """Return the kind of list."""
        return self.kind

    def on_window_table_moved(self) -> None:
        """Show the command for the run the cursor is on now."""
        self.frame()

    # --------------------------------------------------------------------------------------- acting

    def done(self, name: str, value: Any) -> None:
        """Go where a failure is."""
        if not isinstance(value, Place):
            super().done(name, value)
        elif value.number is None:
            self.notify("No run of this list failed or crashed.")
        else:
            self.table.move_to(value.number)
