"""Home: how the last day went, and first of all what went wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal

from pacc.presentation import overview as presented
from pacc.presentation.tables import Cell
from pacc.presentation.text import width
from pacc.tui import actions
from pacc.tui.screens.page import RunsPage
from pacc.tui.widgets.canvas import Line
from pacc.tui.widgets.run_bars import RunBars
from pacc.tui.widgets.window_table import WindowTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from pacc.schemas.overview import ListedRun, Overview
    from pacc.schemas.work_pools import WorkPool
    from pacc.store import Store

STRETCH = timedelta(hours=24)
PARTS = (96, 72, 48)
"""In how many parts it is counted, the most that are one cell wide each at least."""
_EVERY = 10.0


def _pools(store: Store) -> list[WorkPool]:
    from pacc.services import work_pools  # start-up: behind the first picture

    return work_pools.select(store)


class Home(RunsPage):
    """What is wrong, what runs, what comes."""

    name_of_screen = actions.HOME
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.HOME)]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-high"), (32, "-tall")]  # noqa: RUF012 - Textual's own

    def body(self) -> ComposeResult:
        """Make the tally, the bars and the three lists."""
        yield Line(id="tally")
        yield RunBars(id="bars")
        yield WindowTable(
            presented.TROUBLE_COLUMNS,
            presented.trouble_cells,
            heading="Needs a look",
            empty="nothing went wrong in the last 24 hours",
            names=False,
            id="trouble",
        )
        with Horizontal(id="lower"):
            yield WindowTable(
                presented.OPEN_COLUMNS,
                presented.open_cells,
                heading="Running",
                empty="nothing runs",
                names=False,
                id="running",
            )
            yield WindowTable(
                presented.COMING_COLUMNS,
                presented.coming_cells,
                heading="Next",
                empty="no run waits for its time",
                names=False,
                id="coming",
            )

        yield Line(id="pools")

    def crumbs(self) -> list[str]:
        """Return the way here."""
        return ["Home"]

    def look(self) -> None:
        """Read the last day, also when only time has passed."""
        self.dashboard.following.watch(self, "overview", self._read, every=_EVERY)
        self.dashboard.following.watch(self, "pools", _pools, every=_EVERY)

    def on_resize(self) -> None:
        """Count the day in as many parts as there is room for."""
        if self.is_current:
            self.look()

    def _read(self, store: Store) -> Overview:
        from pacc.services import overview  # start-up: behind the first picture

        room = self.size.width - 2
        parts = next((each for each in PARTS if each <= room), PARTS[-1])
        return overview.read(store, self.dashboard.now(), STRETCH, parts)

    def seen(self, name: str, value: Any) -> None:
        """Show how the last day went."""
        if name == "pools":
            line = self.query_one("#pools", Line)
            line.display = bool(value)
            room = self.size.width - 2
            line.put([Cell(" "), *presented.pools_line(value, room, glyphs=self.dashboard.glyphs)])
            return
        found: Overview = value
        tally = presented.tally(found, glyphs=self.dashboard.glyphs)
        about = f"last 24 h, a bar is {STRETCH // len(found.buckets) // timedelta(minutes=1)} min "
        room = self.size.width - 1
        if sum(width(each.text) + 3 for each in tally) + width(about) > room:
            about = "24 h "
        cells = presented.tally_line(tally, room - width(about))
        self.query_one("#tally", Line).put(cells, [Cell(about, "bright_black")])
        self.query_one(RunBars).put(found.buckets)
        self._fill("#trouble", "Needs a look", found.troubled)
        self._fill("#running", "Running", found.open)
        self._fill("#coming", "Next", found.coming)

    def _fill(self, which: str, heading: str, runs: Sequence[ListedRun]) -> None:
        from pacc.services.overview import MOST_LISTED  # start-up: as above

        table = self.query_one(which, WindowTable)
        more = "+" if len(runs) >= MOST_LISTED else ""
        table.head(f"{heading} ({len(runs)}{more})" if runs else heading)
        rows = {str(each.run.id): each for each in runs}
        table.put(list(rows), rows)

    def run_here(self) -> ListedRun | None:
        """Return the run the cursor is on, in the list that has the focus."""
        focused = self.focused
        table = focused if isinstance(focused, WindowTable) else self.query_one("#trouble", WindowTable)
        row: ListedRun | None = table.current_row
        return row

    def advance(self) -> None:
        """What runs takes longer; ages are told anew when the day is read again."""
        for table in self.query(WindowTable):
            table.advance()

    def act_next_failure(self) -> None:
        """Go to the next run that needs a look."""
        table = self.query_one("#trouble", WindowTable)
        if not table.has_focus:
            table.focus()
        elif table.ids:
            table.move_to((table.cursor + 1) % len(table.ids))

    def on_window_table_opened(self, message: WindowTable.Opened) -> None:
        """Open the run."""
        self.dashboard.open_run(message.identity)

    def on_window_table_moved(self) -> None:
        """Show the command for the run the cursor is on now."""
        self.frame()

    def on_descendant_focus(self) -> None:
        """Show the command for the list that has the focus now."""
        self.frame()
