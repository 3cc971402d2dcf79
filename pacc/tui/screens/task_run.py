"""One task run: what is known of it, pane by pane, and what it logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual.widgets import Input

from pacc._internal.visible import visible
from pacc.exceptions import ObjectNotFound
from pacc.presentation import overview as presented
from pacc.presentation import panes as presented_panes
from pacc.presentation.states import state_cell
from pacc.presentation.tables import Cell
from pacc.presentation.times import clock_time, lasted
from pacc.services import graphs, overview, task_runs
from pacc.tui import actions, panes
from pacc.tui.screens import dialogs
from pacc.tui.screens.log_page import LogPage
from pacc.tui.widgets.canvas import Line
from pacc.tui.widgets.facts_view import FactsView
from pacc.tui.widgets.log_view import LogView

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from pacc.presentation.panes import PaneLine
    from pacc.schemas.graphs import FlowRunGraph
    from pacc.schemas.overview import ListedRun
    from pacc.schemas.task_runs import TaskRun
    from pacc.store import Store

PANES = ("states", *(name for name in presented_panes.NAMES if name != "states"))


class _TaskSeen(NamedTuple):
    """A task run, the flow run it is in, and what else ran there; nothing where it is gone."""

    run: TaskRun | None
    around: ListedRun | None = None
    graph: FlowRunGraph | None = None


class TaskRunScreen(LogPage):
    """A task run in full.

    Args:
        task_run_id: the run.
    """

    name_of_screen = actions.TASK_RUN
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.TASK_RUN)]

    def __init__(self, task_run_id: str) -> None:
        super().__init__(task_run_id)
        self.task_run_id = task_run_id
        self._seen = _TaskSeen(None)

    def body(self) -> ComposeResult:
        """Make the line about the run, the panes and the log."""
        yield Line(id="about")
        yield FactsView(PANES, id="facts")
        yield Input(placeholder="a text to look for in the log", id="search")
        yield LogView(id="log")

    def on_mount(self) -> None:
        """Begin in the panes."""
        for view in self.query(FactsView):
            view.focus()

    def name_of_run(self) -> str:
        """Return the name of the flow run the log is of."""
        return self._seen.around.run.name if self._seen.around else ""

    def crumbs(self) -> list[str]:
        """Return the way here."""
        run, around = self._seen.run, self._seen.around
        outer = [] if around is None else [presented.subject(around).text, around.run.name]
        return ["Runs", *outer, self.task_run_id if run is None else run.name]

    def identity(self) -> str | None:
        """Return the id of the task run."""
        return self.task_run_id

    def command(self) -> str:
        """Return the command that shows the run, or its log."""
        what = "logs" if isinstance(self.focused, LogView) else "inspect"
        return f"pacc task-run {what} {self.task_run_id}"

    def log_words(self) -> tuple[str, ...]:
        """Return the words behind `pacc` that print what it logged."""
        return "task-run", "logs", self.task_run_id

    def run_here(self) -> ListedRun | None:
        """Return the flow run it is in."""
        return self._seen.around

    # ------------------------------------------------------------------------------------- reading

    def look(self) -> None:
        """Read the run, and once it is known whose log to read, the log."""
        self.dashboard.following.watch(self, "run", self._read)
        self._watch_pane()
        if self._seen.run is not None:
            super().look()

    def _read(self, store: Store) -> _TaskSeen:
        try:
            run = task_runs.read(store, self.task_run_id)
        except ObjectNotFound:
            return _TaskSeen(None)
        if run.flow_run_id is None:
            return _TaskSeen(run)
        flow_run_id = str(run.flow_run_id)
        try:
            return _TaskSeen(
                run, overview.rows(store, [flow_run_id]).get(flow_run_id), graphs.read(store, flow_run_id)
            )
        except ObjectNotFound:
            return _TaskSeen(run)

    def _watch_pane(self) -> None:
        if not self.is_current:
            return
        pane, graph = self.query_one(FactsView).pane, self._seen.graph
        now, glyphs, identity = self.dashboard.now(), self.dashboard.glyphs, self.task_run_id
        self.dashboard.following.watch(
            self,
            "pane",
            lambda store: panes.read(store, pane, "task-run", identity, graph, now, glyphs=glyphs),
        )

    def seen(self, name: str, value: Any) -> None:
        """Show the run, a pane or the log."""
        if name == "pane":
            self.query_one(FactsView).put(value)
        elif name == "run":
            self._take(value)
        else:
            super().seen(name, value)

    def _take(self, found: _TaskSeen) -> None:
        first = self._seen.run is None and found.run is not None
        is_gone = found.run is None
        if not is_gone:
            self._seen = found
        if first and found.run is not None:
            if found.run.flow_run_id is not None:
                self.log_id, self.only = str(found.run.flow_run_id), self.task_run_id
            super().look()
            self._watch_pane()
        self._about(is_gone=is_gone)

    def _about(self, *, is_gone: bool) -> None:
        run, now = self._seen.run, self.dashboard.now()
        line = self.query_one("#about", Line)
        if run is None:
            line.put([Cell(" This run is not there, or not any more.", "red")])
            return
        cells = [Cell(" deleted  " if is_gone else " ", "red")]
        cells.append(state_cell(run.state_type or "", run.state_name or "", glyphs=self.dashboard.glyphs))
        cells.append(Cell(f"  {clock_time(run.start_time or run.created, now)}", "bright_black"))
        if run.start_time is not None:
            cells.append(Cell(f"  took {lasted(run.total_run_time)}", "bright_black"))
        if run.run_count > 1:
            cells.append(Cell(f"  {run.run_count} tries", "yellow"))
        message = (run.state.message or "").strip().split("\n")[0] if run.state is not None else ""
        if message and run.state_type != "COMPLETED":
            cells.append(
                Cell(f"  {visible(message.removeprefix('Task run encountered an exception: '))}", "red")
            )
        elif message:
            cells.append(Cell(f"  {visible(message)}", "bright_black"))
        line.put(cells)

    # -------------------------------------------------------------------------------------- acting

    def act_why(self) -> None:
        """Say why it is as it is."""
        self.do("why", lambda store: dialogs.why_task(store, self.task_run_id))

    def act_facts(self) -> None:
        """Show everything about it."""
        now, glyphs = self.dashboard.now(), self.dashboard.glyphs
        self.do("facts", lambda store: dialogs.task_facts(store, self.task_run_id, now, glyphs=glyphs))

    def act_parent(self) -> None:
        """Go to the flow run it is in."""
        run = self._seen.run
        if run is not None and run.flow_run_id is not None:
            self.dashboard.open_run(str(run.flow_run_id))

    def act_pane(self) -> None:
        """Show the next pane."""
        self.query_one(FactsView).turn(1)

    def act_pane_before(self) -> None:
        """Show the pane before."""
        self.query_one(FactsView).turn(-1)

    def on_facts_view_turned(self) -> None:
        """Read the pane that is seen now."""
        self._watch_pane()

    def on_descendant_focus(self) -> None:
        """Show the command for the pane that has the focus now."""
        self.frame()

    def on_facts_view_opened(self, message: FactsView.Opened) -> None:
        """Go to the run a line leads to, or show the line whole."""
        line: PaneLine = message.line
        if line.run is not None:
            kind, identity = line.run
            (self.dashboard.open_run if kind == "flow-run" else self.dashboard.open_task_run)(identity)
        elif line.whole:
            head, *rest = line.whole
            self.app.push_screen(dialogs.Reading(dialogs.Told(title=head, lines=tuple(rest))))
