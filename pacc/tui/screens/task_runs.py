"""Task runs of all flow runs: narrowed, sorted, and only those read that are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pacc.presentation import overview as presented
from pacc.schemas.sorting import TaskRunSort
from pacc.services import overview
from pacc.tui import actions, searching
from pacc.tui.screens import dialogs
from pacc.tui.screens.listing import Listing, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.binding import BindingType

    from pacc._internal.packed_ids import PackedIds
    from pacc.schemas.overview import ListedRun, ListedTaskRun
    from pacc.store import Store
    from pacc.tui.searching import Search
    from pacc.tui.widgets.window_table import WindowTable


class TaskRuns(Listing):
    """The list of task runs."""

    name_of_screen = actions.TASK_RUNS
    kind = searching.TASK_RUNS
    placeholder = "state:failed flow:etl run:brave-otter tag:db -name:probe 2h"
    sorts = (
        (TaskRunSort.ID_DESC, "newest first"),
        (TaskRunSort.END_TIME_DESC, "latest end first"),
        (TaskRunSort.NAME_ASC, "by name"),
    )
    most = overview.MOST_TASK_RUNS
    columns = presented.TASK_COLUMNS
    cells = staticmethod(presented.task_cells)
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.TASK_RUNS)]

    def crumbs(self) -> list[str]:
        """Return the way here."""
        return ["Runs", "Task runs"]

    def identity(self) -> str | None:
        """Return the id of the task run the cursor is on."""
        return self.table.current

    def command(self) -> str:
        """Return the command that shows the task run, or the list."""
        identity = self.identity()
        return "pacc task-run ls" if identity is None else f"pacc task-run inspect {identity}"

    def run_here(self) -> ListedRun | None:
        """Return no flow run: the cursor is on a task run."""
        return None

    def _here(self) -> ListedTaskRun | None:
        row: ListedTaskRun | None = self.table.current_row
        return row

    def order(self, store: Store, search: Search, sort: Any, passed: int) -> PackedIds:
        """Return the ids of the list, in the thread."""
        return overview.task_order(
            store,
            flow_filter=search.flows,
            flow_run_filter=search.runs,
            task_run_filter=search.tasks,
            deployment_filter=search.deployments,
            without=[overview.LeftOut(*each.filters) for each in search.without],
            sort=sort,
            offset=passed,
        )

    def rows(self, store: Store, ids: Sequence[str]) -> Mapping[str, ListedTaskRun]:
        """Return the rows of some ids, in the thread."""
        return overview.task_rows(store, ids)

    # --------------------------------------------------------------------------------------- acting

    def act_why(self) -> None:
        """Say why the task run is as it is."""
        if (identity := self.identity()) is not None:
            self.do("why", lambda store: dialogs.why_task(store, identity))

    def act_facts(self) -> None:
        """Show everything about the task run."""
        if (identity := self.identity()) is not None:
            now, glyphs = self.dashboard.now(), self.dashboard.glyphs
            self.do("facts", lambda store: dialogs.task_facts(store, identity, now, glyphs=glyphs))

    def act_next_failure(self) -> None:
        """Go to the next task run below that failed or crashed, and from the last one to the first."""
        ids, after = self.table.ids, self.table.cursor
        self.do("next_failure", lambda store: Place(overview.next_troubled_task(store, ids, after)))

    def act_parent(self) -> None:
        """Go to the flow run it is in."""
        here = self._here()
        if here is not None and here.run.flow_run_id is not None:
            self.dashboard.open_run(str(here.run.flow_run_id))

    def act_shell(self) -> None:
        """Open a shell where the flow of its flow run is."""
        here = self._here()
        if here is not None and here.run.flow_run_id is not None:
            identity = str(here.run.flow_run_id)
            self.do("shell", lambda store: overview.rows(store, [identity]).get(identity))

    def done(self, name: str, value: Any) -> None:
        """Open the shell, now that it is known where."""
        if name != "shell":
            super().done(name, value)
        elif value is not None:
            self.shell_of(value)

    def act_other_runs(self) -> None:
        """Go to the flow runs."""
        self.dashboard.show_page(actions.RUNS)

    def on_window_table_opened(self, message: WindowTable.Opened) -> None:
        """Open the task run."""
        self.dashboard.open_task_run(message.identity)
