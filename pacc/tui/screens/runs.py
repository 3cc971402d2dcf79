"""All flow runs, as many as there are: narrowed, sorted, and only those read that are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual.widgets import Input

from pacc._internal.visible import visible
from pacc.exceptions import PaccException
from pacc.presentation import overview as presented
from pacc.presentation.tables import Cell
from pacc.schemas.sorting import FlowRunSort
from pacc.services import overview
from pacc.tui import actions, searching
from pacc.tui.screens.page import RunsPage
from pacc.tui.widgets.canvas import Line
from pacc.tui.widgets.window_table import WindowTable

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from pacc._internal.packed_ids import PackedIds
    from pacc.schemas.overview import ListedRun
    from pacc.store import Store

_SORTS = (
    (FlowRunSort.ID_DESC, "newest first"),
    (FlowRunSort.START_TIME_DESC, "latest start first"),
    (FlowRunSort.END_TIME_DESC, "latest end first"),
    (FlowRunSort.NAME_ASC, "by name"),
)


class _Place(NamedTuple):
    """Where a run stands in the list, if it stands there."""

    number: int | None


class Runs(RunsPage):
    """The list of flow runs."""

    name_of_screen = actions.RUNS
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.RUNS)]

    def __init__(self) -> None:
        super().__init__()
        self._search = searching.Search()
        self._typed = ""
        self._sort = 0

    def body(self) -> ComposeResult:
        """Make the line over the list, the field for a search and the list."""
        yield Line(id="about")
        yield Input(placeholder="state:failed,late flow:etl deployment:etl/nightly tag:prod 2h", id="search")
        yield WindowTable(presented.RUN_COLUMNS, presented.run_cells, empty="no run fits", id="runs")

    @property
    def table(self) -> WindowTable:
        """The list."""
        return self.query_one("#runs", WindowTable)

    def on_mount(self) -> None:
        """Begin in the list."""
        self.query_one("#search", Input).display = False
        self.table.focus()
        self._about(None)

    def crumbs(self) -> list[str]:
        """Return the way here."""
        return ["Runs"]

    # ------------------------------------------------------------------------------------- reading

    def look(self) -> None:
        """Read the order of the list, and the rows that are seen."""
        search, sort = self._search, _SORTS[self._sort][0]

        def order(store: Store) -> PackedIds:
            return overview.order(
                store,
                flow_filter=search.flows,
                flow_run_filter=search.runs,
                deployment_filter=search.deployments,
                sort=sort,
            )

        self.dashboard.following.watch(self, "order", order)
        self._watch_rows()

    def on_window_table_window(self) -> None:
        """Read the rows that are seen now, and again whenever the store changes."""
        if self.is_current:
            self._watch_rows()

    def _watch_rows(self) -> None:
        asked = self.table.seen()
        if asked:
            self.dashboard.following.watch(self, "rows", lambda store: (asked, overview.rows(store, asked)))

    def seen(self, name: str, value: Any) -> None:
        """Show the order or the rows."""
        if name == "order":
            self._about(len(value))
            if value != self.table.ids or not len(value):
                self.table.show(value)
        else:
            asked, rows = value
            self.table.fill(rows, asked)

    def _about(self, count: int | None) -> None:
        between = " · " if self.dashboard.glyphs else " - "
        reading = "…" if self.dashboard.glyphs else "..."
        cells = [
            Cell(f" {reading if count is None else f'{count:,}'} run{'' if count == 1 else 's'}", "bold")
        ]
        cells.append(Cell(f"{between}{_SORTS[self._sort][1]}", "bright_black"))
        if self._typed:
            cells.append(Cell(f"   /{visible(self._typed)}", "yellow"))
        self.query_one("#about", Line).put(
            cells, [Cell("esc clears the filter ", "bright_black")] if self._typed else []
        )

    def run_here(self) -> ListedRun | None:
        """Return the run the cursor is on."""
        row: ListedRun | None = self.table.current_row
        return row

    def advance(self) -> None:
        """What runs takes longer."""
        self.table.advance()

    # ------------------------------------------------------------------------------------ narrowing

    def act_filter(self) -> None:
        """Begin to type a search."""
        field = self.query_one("#search", Input)
        field.value = self._typed
        field.display = True
        field.focus()

    def act_sort(self) -> None:
        """Take the next order."""
        self._sort = (self._sort + 1) % len(_SORTS)
        self.table.move_to(0)
        self.look()

    def act_back(self) -> None:
        """Clear the search; without one, go back."""
        if self._typed:
            self._narrow("")
        else:
            super().act_back()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Narrow the list."""
        self._narrow(event.value)

    def on_key(self, event: events.Key) -> None:
        """Leave the field as it was."""
        field = self.query_one("#search", Input)
        if event.key == "escape" and field.has_focus:
            event.stop()
            field.display = False
            self.table.focus()

    def _narrow(self, typed: str) -> None:
        try:
            self._search = searching.parse(typed, self.dashboard.now())
        except (PaccException, ValueError) as problem:
            hint = getattr(problem, "hint", None)
            self.notify(
                visible(f"{problem}{f'. Terms: {hint}' if hint else ''}"), severity="error", markup=False
            )
            return
        self._typed = typed.strip()
        self.query_one("#search", Input).display = False
        self.table.move_to(0)
        self.table.focus()
        self.look()

    # --------------------------------------------------------------------------------------- acting

    def act_next_failure(self) -> None:
        """Go to the next run below that failed or crashed, and from the last one to the first."""
        ids, after = self.table.ids, self.table.cursor
        self.do("next_failure", lambda store: _Place(overview.next_troubled(store, ids, after)))

    def done(self, name: str, value: Any) -> None:
        """Go where a failure is."""
        if not isinstance(value, _Place):
            super().done(name, value)
        elif value.number is None:
            self.notify("No run of this list failed or crashed.")
        else:
            self.table.move_to(value.number)

    def on_window_table_opened(self, message: WindowTable.Opened) -> None:
        """Open the run."""
        self.dashboard.open_run(message.identity)

    def on_window_table_moved(self) -> None:
        """Show the command for the run the cursor is on now."""
        self.frame()
