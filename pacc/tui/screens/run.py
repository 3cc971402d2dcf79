"""One flow run: what ran within it over time, and its log while it is written."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pacc._internal.durations import took
from pacc._internal.sizes import size
from pacc._internal.visible import visible
from pacc.exceptions import ObjectNotFound
from pacc.presentation import overview as presented
from pacc.presentation import timelines
from pacc.presentation.logs import log_line
from pacc.presentation.states import state_cell
from pacc.presentation.tables import Cell
from pacc.presentation.times import clock_time, lasted
from pacc.services import graphs, overview
from pacc.services.log_windows import LogWindow
from pacc.tui import actions
from pacc.tui.screens import dialogs
from pacc.tui.screens.page import RunsPage
from pacc.tui.widgets.canvas import Line
from pacc.tui.widgets.log_view import LogView
from pacc.tui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from pacc.schemas.graphs import FlowRunGraph
    from pacc.schemas.logs import Log
    from pacc.schemas.overview import ListedRun
    from pacc.store import Store


class _RunSeen(NamedTuple):
    """A run and what ran within it; nothing where it is gone."""

    listed: ListedRun | None
    graph: FlowRunGraph | None


class _LogSeen(NamedTuple):
    """How long a log is, and some of its lines from a number on."""

    length: int
    first: int
    logs: list[Log]


class RunScreen(RunsPage):
    """A flow run in full.

    Args:
        flow_run_id: the run.
    """

    name_of_screen = actions.RUN
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.RUN)]

    def __init__(self, flow_run_id: str) -> None:
        super().__init__()
        self.flow_run_id = flow_run_id
        self._listed: ListedRun | None = None
        self._graph: FlowRunGraph | None = None
        self._is_gone = False
        self._folds = True
        self._wanted = (-200, 200)  # which lines of the log to hold; set here, read in the thread
        self._held: tuple[int, int] | None = None
        self._window: LogWindow | None = None

    def body(self) -> ComposeResult:
        """Make the line about the run, the timeline and the log."""
        yield Line(id="about")
        yield Timeline(id="timeline")
        yield LogView(id="log")

    def on_mount(self) -> None:
        """Begin in the timeline."""
        self.query_one(Timeline).focus()

    def crumbs(self) -> list[str]:
        """Return the way here."""
        if self._listed is None:
            return ["Runs", self.flow_run_id]
        return ["Runs", presented.subject(self._listed).text, self._listed.run.name]

    def identity(self) -> str | None:
        """Return the id of the task run or nested flow run the cursor is on, or else of the run."""
        row = self.query_one(Timeline).current
        return self.flow_run_id if row is None else row.id

    def command(self) -> str:
        """Return the command that shows what the cursor is on."""
        if isinstance(self.focused, LogView):
            return f"pacc flow-run logs {self.flow_run_id}"
        row = self.query_one(Timeline).current
        return (
            f"pacc flow-run inspect {self.flow_run_id}"
            if row is None
            else f"pacc {row.kind} inspect {row.id}"
        )

    def run_here(self) -> ListedRun | None:
        """Return the run."""
        return self._listed

    # ------------------------------------------------------------------------------------- reading

    def look(self) -> None:
        """Read the run with what ran within it, and its log."""
        self.dashboard.following.watch(self, "run", self._read)
        self.dashboard.following.watch(self, "log", self._read_log, always=True)

    def _read(self, store: Store) -> _RunSeen:
        listed = overview.rows(store, [self.flow_run_id]).get(self.flow_run_id)
        with suppress(ObjectNotFound):
            return _RunSeen(listed, graphs.read(store, self.flow_run_id))
        return _RunSeen(None, None)

    def _read_log(self, store: Store) -> _LogSeen | None:
        """Return what the log has to show, nothing where that is what is shown already. In the thread."""
        if self._window is None:
            self._window = LogWindow(store, self.flow_run_id)
        wanted = self._wanted
        if not self._window.grow() and wanted == self._held:
            return None
        self._held = wanted
        count = len(self._window)
        first = max(0, count + wanted[0] if wanted[0] < 0 else wanted[0])
        return _LogSeen(count, first, self._window.lines(first, wanted[1]))

    def seen(self, name: str, value: Any) -> None:
        """Show the run or its log."""
        if name == "log":
            self.query_one(LogView).put(value.length, value.first, value.logs)
            return
        self._is_gone = value.listed is None
        if not self._is_gone:
            self._listed, self._graph = value.listed, value.graph
            self._draw()
        self._about()

    def _draw(self) -> None:
        if self._graph is not None:
            fold_at = timelines.FOLD_AT if self._folds else None
            self.query_one(Timeline).put(
                timelines.rows(self._graph, fold_at=fold_at, glyphs=self.dashboard.glyphs)
            )

    def _about(self) -> None:
        line = self.query_one("#about", Line)
        if self._listed is None:
            line.put(
                [
                    Cell(
                        " This run is not there, or not any more." if self._is_gone else " reading",
                        "red" if self._is_gone else "bright_black",
                    )
                ]
            )
            return
        run, now, glyphs = self._listed.run, self.dashboard.now(), self.dashboard.glyphs
        cells = [Cell(" "), state_cell(run.state_type or "", run.state_name or "", glyphs=glyphs)]
        if self._is_gone:
            cells = [Cell(" deleted  ", "red"), *cells]
        cells.append(
            Cell(f"  {clock_time(run.start_time or run.next_scheduled_start_time, now)}", "bright_black")
        )
        if run.start_time is not None:
            cells += [Cell("  took ", "bright_black"), self._took(now)]
        if run.start_time is not None and run.estimated_start_time_delta.total_seconds() >= 1:
            cells.append(Cell(f"  waited {lasted(run.estimated_start_time_delta)}", "bright_black"))
        if run.attempt > 1:
            cells.append(Cell(f"  attempt {run.attempt}", "yellow"))
        used = run.usage or {}
        if "peak_memory" in used:
            cells.append(Cell(f"  peak {size(used['peak_memory'])}", "bright_black"))
        if "cpu_seconds" in used:
            cells.append(Cell(f"  cpu {took(used['cpu_seconds'])}", "bright_black"))
        cells.append(Cell(f"  {presented.why(run)}", "red"))
        line.put(cells)

    def _took(self, now: Any) -> Cell:
        assert self._listed is not None  # noqa: S101 - only asked where there is a run
        return presented.open_cells(self._listed, now)[3]

    def advance(self) -> None:
        """While the run goes on, its bars grow."""
        state = None if self._listed is None else self._listed.run.state
        if state is not None and not state.is_final():
            self._about()
            self.query_one(Timeline).refresh()

    # -------------------------------------------------------------------------------------- acting

    def _task_here(self) -> str | None:
        """The id of the task run the cursor is on, nothing where it is on a flow run or in the log."""
        row = self.query_one(Timeline).current
        if isinstance(self.focused, LogView) or row is None or row.kind != "task-run":
            return None
        return row.id

    def act_why(self) -> None:
        """Say why the task run the cursor is on, or the run, is as it is."""
        task = self._task_here()
        if task is None:
            super().act_why()
        else:
            self.do("why", lambda store: dialogs.why_task(store, task))

    def act_facts(self) -> None:
        """Show everything about the task run the cursor is on, or about the run."""
        task = self._task_here()
        if task is None:
            super().act_facts()
        else:
            now, glyphs = self.dashboard.now(), self.dashboard.glyphs
            self.do("facts", lambda store: dialogs.task_facts(store, task, now, glyphs=glyphs))

    def on_timeline_opened(self, message: Timeline.Opened) -> None:
        """Go into a nested flow run; show everything about a task run."""
        if message.row.kind == "flow-run" and message.row.id != self.flow_run_id:
            self.dashboard.open_run(message.row.id)
        else:
            self.act_facts()

    def on_timeline_moved(self) -> None:
        """Show the command for the row the cursor is on now."""
        self.frame()

    def on_descendant_focus(self) -> None:
        """Show the command for the pane that has the focus now."""
        self.frame()

    def on_log_view_window(self, message: LogView.Window) -> None:
        """Read the lines that are seen now."""
        self._wanted = message.view.seen()
        self.dashboard.following.watch(self, "log", self._read_log, always=True)

    def on_log_view_opened(self, message: LogView.Opened) -> None:
        """Show a line whole, with what stands below it."""
        name = self._listed.run.name if self._listed else ""
        head, *rest = log_line(message.log, name).text.split("\n")
        facts = [(str(key), Cell(visible(str(value)))) for key, value in (message.log.extra or {}).items()]
        self.app.push_screen(
            dialogs.Reading(dialogs.Told(title="Log line", lines=(head, *rest), facts=tuple(facts)))
        )

    def act_follow(self) -> None:
        """Stay at the end of the log, or no more."""
        log = self.query_one(LogView)
        log.follow(follows=not log.follows)
        self._wanted = log.seen()

    def act_zoom_in(self) -> None:
        """Zoom in."""
        self.query_one(Timeline).zoom(1.5)

    def act_zoom_out(self) -> None:
        """Zoom out."""
        self.query_one(Timeline).zoom(1 / 1.5)

    def act_zoom_all(self) -> None:
        """Show the whole."""
        self.query_one(Timeline).zoom(0)

    def act_pan_left(self) -> None:
        """Move to earlier."""
        self.query_one(Timeline).pan(-0.25)

    def act_pan_right(self) -> None:
        """Move to later."""
        self.query_one(Timeline).pan(0.25)

    def act_fold(self) -> None:
        """Fold many runs of one task, or unfold them."""
        self._folds = not self._folds
        self._draw()
