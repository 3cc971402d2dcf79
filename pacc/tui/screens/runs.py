"""All flow runs, as many as there are: narrowed, sorted, marked, and only those read that are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pacc.presentation import overview as presented
from pacc.schemas.sorting import FlowRunSort
from pacc.tui import actions, searching
from pacc.tui.screens.listing import Listing, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.binding import BindingType

    from pacc._internal.packed_ids import PackedIds
    from pacc.schemas.overview import ListedRun
    from pacc.store import Store
    from pacc.tui.searching import Search
    from pacc.tui.widgets.window_table import WindowTable


class Runs(Listing):
    """The list of flow runs."""

    name_of_screen = actions.RUNS
    kind = searching.FLOW_RUNS
    placeholder = "state:failed,late flow:etl deployment:etl/nightly tag:prod -name:probe 2h"
    sorts = (
        (FlowRunSort.ID_DESC, "newest first"),
        (FlowRunSort.START_TIME_DESC, "latest start first"),
        (FlowRunSort.END_TIME_DESC, "latest end first"),
        (FlowRunSort.NAME_ASC, "by name"),
    )
    columns = presented.RUN_COLUMNS
    cells = staticmethod(presented.run_cells)
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.RUNS)]

    def crumbs(self) -> list[str]:
        """Return the way here."""
        return ["Runs"]

    def order(self, store: Store, search: Search, sort: Any, passed: int) -> PackedIds:
        """Return the ids of the list, in the thread."""
        del passed  # all of them are listed
        from pacc.services import overview  # start-up: behind the first picture

        return overview.order(
            store,
            flow_filter=search.flows,
            flow_run_filter=search.runs,
            deployment_filter=search.deployments,
            without=[overview.LeftOut(*each.filters) for each in search.without],
            sort=sort,
        )

    def rows(self, store: Store, ids: Sequence[str]) -> Mapping[str, ListedRun]:
        """Return the rows of some ids, in the thread."""
        from pacc.services import overview  # start-up: as above

        return overview.rows(store, ids)

    def run_here(self) -> ListedRun | None:
        """Return the run the cursor is on."""
        row: ListedRun | None = self.table.current_row
        return row

    # --------------------------------------------------------------------------------------- acting

    def act_next_failure(self) -> None:
        """Go to the next run below that failed or crashed, and from the last one to the first."""
        from pacc.services import overview  # start-up: as above

        ids, after = self.table.ids, self.table.cursor
        self.do("next_failure", lambda store: Place(overview.next_troubled(store, ids, after)))

    def act_cancel(self) -> None:
        """Cancel the marked runs, or else the run, if that is meant."""
        if not self._ask_many("cancel"):
            super().act_cancel()

    def act_kill(self) -> None:
        """Kill the processes of the marked runs, or else of the run, if that is meant."""
        if not self._ask_many("kill"):
            super().act_kill()

    def act_retry(self) -> None:
        """Retry the marked runs, or else the run, if that is meant."""
        if not self._ask_many("retry"):
            super().act_retry()

    def act_delete(self) -> None:
        """Delete the marked runs, or else the run, if that is meant."""
        if not self._ask_many("delete"):
            super().act_delete()

    def _ask_many(self, verb: str) -> bool:
        """Ask whether something is meant for all that is marked; say whether anything is."""
        from pacc.tui import bulk  # start-up: only where something is done

        return self.ask_many(bulk.RUNS[verb])

    def act_other_runs(self) -> None:
        """Go to the task runs."""
        self.dashboard.show_page(actions.TASK_RUNS)

    def on_window_table_opened(self, message: WindowTable.Opened) -> None:
        """Open the run."""
        self.dashboard.open_run(message.identity)
