"""One flow over its last runs: what fails every time, or every fourth, is seen at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pacc.presentation import overview as presented
from pacc.presentation.states import state_cell
from pacc.presentation.tables import Cell, cell
from pacc.presentation.times import clock_time
from pacc.services import overview
from pacc.tui import actions
from pacc.tui.screens import dialogs
from pacc.tui.screens.page import RunsPage
from pacc.tui.widgets.canvas import Line
from pacc.tui.widgets.matrix import Matrix

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from pacc.schemas.overview import ListedRun

RUNS = 40


class MatrixScreen(RunsPage):
    """The tasks of a flow over its last runs.

    Args:
        flow_id: the flow.
        flow_name: its name.
    """

    name_of_screen = actions.MATRIX
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.MATRIX)]

    def __init__(self, flow_id: str, flow_name: str) -> None:
        super().__init__()
        self._flow_id, self._flow_name = flow_id, flow_name

    def body(self) -> ComposeResult:
        """Make the line about the run of the cursor, and the matrix."""
        yield Line(id="about")
        yield Matrix(id="matrix")

    @property
    def matrix(self) -> Matrix:
        """The matrix."""
        return self.query_one(Matrix)

    def on_mount(self) -> None:
        """Begin in the matrix."""
        for matrix in self.query(Matrix):
            matrix.focus()

    def crumbs(self) -> list[str]:
        """Return the way here."""
        return ["Runs", self._flow_name, f"last {RUNS} runs"]

    def identity(self) -> str | None:
        """Return the id of the task run the cursor is on, or else of the flow run."""
        found = self.matrix.cell
        return super().identity() if found is None else str(found.task_run_id)

    def command(self) -> str:
        """Return the command that shows what the cursor is on."""
        found = self.matrix.cell
        return super().command() if found is None else f"pacc task-run inspect {found.task_run_id}"

    def run_here(self) -> ListedRun | None:
        """Return the flow run of the column of the cursor."""
        return self.matrix.run

    def look(self) -> None:
        """Read how the tasks ended."""
        flow_id = self._flow_id
        self.dashboard.following.watch(self, "matrix", lambda store: overview.matrix(store, flow_id, RUNS))

    def seen(self, name: str, value: Any) -> None:
        """Show it."""
        del name
        self.matrix.put(value)

    def on_matrix_moved(self) -> None:
        """Tell of the run of the column the cursor is in now."""
        here, found = self.matrix.run, self.matrix.cell
        now, glyphs = self.dashboard.now(), self.dashboard.glyphs
        if here is None:
            self.query_one("#about", Line).put([Cell(" no run of this flow has begun yet", "bright_black")])
        else:
            run = here.run
            task = (
                []
                if not self.matrix.task_name
                else [Cell("   "), cell(self.matrix.task_name, "bold"), Cell(" ")]
            )
            state = [Cell("not called", "bright_black")] if task and found is None else []
            if found is not None:
                state = [state_cell(found.state_type, found.state_name, glyphs=glyphs)]
                state.append(Cell(f"  {found.runs:,} calls" if found.runs > 1 else "", "bright_black"))
            self.query_one("#about", Line).put(
                [
                    Cell(" "),
                    state_cell(run.state_type or "", run.state_name or "", glyphs=glyphs),
                    Cell("  "),
                    cell(run.name, "bold"),
                    Cell(f"  {clock_time(run.start_time, now)}", "bright_black"),
                    *task,
                    *state,
                    Cell(f"   {presented.why(run)}" if not task else "", "red"),
                ]
            )
        self.frame()

    # --------------------------------------------------------------------------------------- acting

    def act_why(self) -> None:
        """Say why the task run or the flow run is as it is."""
        found = self.matrix.cell
        if found is None:
            super().act_why()
        else:
            self.do("why", lambda store: dialogs.why_task(store, str(found.task_run_id)))

    def act_next_failure(self) -> None:
        """Go to the next run in which this row went wrong."""
        self.matrix.next_failure()

    def on_matrix_opened(self) -> None:
        """Open the task run or the flow run."""
        found, here = self.matrix.cell, self.matrix.run
        if found is not None:
            self.dashboard.open_task_run(str(found.task_run_id))
        elif here is not None:
            self.dashboard.open_run(str(here.run.id))
