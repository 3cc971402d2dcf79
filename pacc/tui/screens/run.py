"""One flow run: what ran within it over time, what is known of each of its runs, and its log while it is written."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual.containers import Horizontal
from textual.widgets import Input

from pacc._internal.durations import took
from pacc._internal.sizes import size
from pacc.exceptions import ObjectNotFound
from pacc.presentation import overview as presented
from pacc.presentation import panes as presented_panes
from pacc.presentation.states import state_cell
from pacc.presentation.tables import Cell
from pacc.presentation.times import clock_time, lasted
from pacc.services import graphs, overview
from pacc.tui import actions, panes
from pacc.tui.screens import dialogs
from pacc.tui.screens.log_page import LogPage
from pacc.tui.widgets.canvas import Line
from pacc.tui.widgets.facts_view import FactsView
from pacc.tui.widgets.log_view import LogView
from pacc.tui.widgets.timeline import VIEWS, Timeline

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from pacc.presentation.panes import PaneLine
    from pacc.schemas.graphs import FlowRunGraph
    from pacc.schemas.overview import ListedRun
    from pacc.store import Store

BESIDE_FROM = 100
"""From so many columns on the panes stand beside the log; in fewer they take its place."""


class _RunSeen(NamedTuple):
    """A run and what ran within it; nothing where it is gone."""

    listed: ListedRun | None
    graph: FlowRunGraph | None


class _Moment(NamedTuple):
    """The line of the log at a moment."""

    line: int


class RunScreen(LogPage):
    """A flow run in full.

    Args:
        flow_run_id: the run.
        at_log: begin in the log, and not in the timeline.
    """

    name_of_screen = actions.RUN
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.RUN)]

    def __init__(self, flow_run_id: str, *, at_log: bool = False) -> None:
        super().__init__(flow_run_id)
        self._at_log = at_log
        self.flow_run_id = flow_run_id
        self._listed: ListedRun | None = None
        self._graph: FlowRunGraph | None = None
        self._is_gone = False
        self._shows_pane = False

    def body(self) -> ComposeResult:
        """Make the line about the run, the timeline, the log and the panes."""
        yield Line(id="about")
        yield Timeline(id="timeline")
        yield Input(placeholder="a text to look for in the log", id="search")
        with Horizontal(id="below"):
            yield LogView(id="log")
            yield FactsView(presented_panes.NAMES, id="panes")

    def on_mount(self) -> None:
        """Begin in the timeline, or in the log."""
        if self.children:  # it may have been left before it was there
            (self.log_view if self._at_log else self.query_one(Timeline)).focus()
            self._place_panes()

    def on_resize(self) -> None:
        """Put the panes where there is room for them."""
        if self.children:
            self._place_panes()

    def _place_panes(self) -> None:
        beside = self.size.width >= BESIDE_FROM
        self.query_one(FactsView).display = beside or self._shows_pane
        self.query_one(LogView).display = beside or not self._shows_pane

    def name_of_run(self) -> str:
        """Return the name of the run."""
        return self._listed.run.name if self._listed else ""

    def crumbs(self) -> list[str]:
        """Return the way here."""
        if self._listed is None:
            return ["Runs", self.flow_run_id]
        return ["Runs", presented.subject(self._listed).text, self._listed.run.name]

    def identity(self) -> str | None:
        """Return the id of the task run or nested flow run the cursor is on, or else of the run."""
        return self._here()[1]

    def _here(self) -> tuple[str, str]:
        """The kind and the id of the run the cursor is on, of this run where it is on none."""
        row = self.query_one(Timeline).current
        return ("flow-run", self.flow_run_id) if row is None else (row.kind, row.id)

    def command(self) -> str:
        """Return the command that shows what the cursor is on."""
        if isinstance(self.focused, LogView):
            return f"pacc flow-run logs {self.flow_run_id}"
        kind, identity = self._here()
        return f"pacc {kind} inspect {identity}"

    def run_here(self) -> ListedRun | None:
        """Return the run."""
        return self._listed

    # ------------------------------------------------------------------------------------- reading

    def look(self) -> None:
        """Read the run with what ran within it, what is known of the run of the cursor, and the log."""
        self.dashboard.following.watch(self, "run", self._read)
        self._watch_pane()
        super().look()

    def _watch_pane(self) -> None:
        view = self.query_one(FactsView)
        if not self.is_current or not view.display:
            return
        kind, identity = self._here()
        pane, graph, now, glyphs = view.pane, self._graph, self.dashboard.now(), self.dashboard.glyphs
        self.dashboard.following.watch(
            self,
            "pane",
            lambda store: panes.read(store, pane, kind, identity, graph, now, glyphs=glyphs),
        )

    def _read(self, store: Store) -> _RunSeen:
        listed = overview.rows(store, [self.flow_run_id]).get(self.flow_run_id)
        with suppress(ObjectNotFound):
            return _RunSeen(listed, graphs.read(store, self.flow_run_id))
        return _RunSeen(None, None)

    def seen(self, name: str, value: Any) -> None:
        """Show the run, a pane or the log."""
        if name == "pane":
            self.query_one(FactsView).put(value)
        elif name == "run":
            self._is_gone = value.listed is None
            if not self._is_gone:
                self._listed, self._graph = value.listed, value.graph
                self.query_one(Timeline).put(value.graph)
                self._watch_pane()
            self._about()
        else:
            super().seen(name, value)

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
        return presented.run_so_far(self._listed.run, now)

    def advance(self) -> None:
        """While the run goes on, its bars grow."""
        state = None if self._listed is None else self._listed.run.state
        if state is not None and not state.is_final():
            self._about()
            self.query_one(Timeline).refresh()

    # -------------------------------------------------------------------------------------- acting

    def _task_here(self) -> str | None:
        """The id of the task run the cursor is on, nothing where it is on a flow run or in the log."""
        kind, identity = self._here()
        return None if isinstance(self.focused, LogView) or kind != "task-run" else identity

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

    def _open(self, kind: str, identity: str) -> None:
        if kind == "flow-run" and identity != self.flow_run_id:
            self.dashboard.open_run(identity)
        elif kind == "task-run":
            self.dashboard.open_task_run(identity)
        else:
            self.act_facts()

    def on_timeline_opened(self, message: Timeline.Opened) -> None:
        """Go into a nested flow run or a task run."""
        self._open(message.row.kind, message.row.id)

    def on_timeline_moved(self) -> None:
        """Show the command for the row the cursor is on now, and what is known of its run."""
        self.frame()
        self._watch_pane()

    def on_descendant_focus(self) -> None:
        """Show the command for the pane that has the focus now."""
        self.frame()

    def on_log_view_moved(self, message: LogView.Moved) -> None:
        """Mark the moment of the line of the cursor in the timeline."""
        if self.log_view.has_focus:
            self.query_one(Timeline).mark(None if message.log is None else message.log.timestamp.timestamp())

    def act_moment(self) -> None:
        """Go from the log to the task run that spoke, or from a run to the line of the log at which it began."""
        timeline, log = self.query_one(Timeline), self.log_view
        if log.has_focus and log.current is not None:
            timeline.mark(log.current.timestamp.timestamp())
            timeline.move_to(str(log.current.task_run_id or self.flow_run_id))
            timeline.focus()
            return
        began = timeline.began
        window = self._window
        if began is not None and window is not None:
            moment = datetime.fromtimestamp(began, UTC)
            timeline.mark(began)
            self.do("moment", lambda _store: _Moment(window.place_of(moment)))

    def done(self, name: str, value: Any) -> None:
        """Go to the line of a moment; anything else is shown."""
        if not isinstance(value, _Moment):
            super().done(name, value)
            return
        self._shows_pane = False
        self._place_panes()
        self.log_view.focus()
        self.log_view.move_to(value.line)

    def act_only(self) -> None:
        """Show only what the task run of the cursor logged, or everything again."""
        log, (kind, identity) = self.log_view, self._here()
        if log.has_focus and log.current is not None and log.current.task_run_id is not None:
            kind, identity = "task-run", str(log.current.task_run_id)
        self.only = identity if self.only is None and kind == "task-run" else None
        self._begin_again()

    def act_pane(self) -> None:
        """Show the next pane."""
        self._turn(1)

    def act_pane_before(self) -> None:
        """Show the pane before."""
        self._turn(-1)

    def _turn(self, by: int) -> None:
        view = self.query_one(FactsView)
        if view.display:
            view.turn(by)
        else:
            self._shows_pane = True
            self._place_panes()
            self._watch_pane()

    def act_log(self) -> None:
        """Go to the log."""
        self._shows_pane = False
        self._place_panes()
        self.log_view.focus()

    def on_facts_view_turned(self) -> None:
        """Read the pane that is seen now."""
        self._watch_pane()

    def on_facts_view_opened(self, message: FactsView.Opened) -> None:
        """Go to the run a line leads to, or show the line whole."""
        line: PaneLine = message.line
        if line.run is not None:
            if self.query_one(Timeline).move_to(line.run[1]):
                self.query_one(Timeline).focus()
            else:
                self._open(*line.run)
        elif line.whole:
            head, *rest = line.whole
            self.app.push_screen(dialogs.Reading(dialogs.Told(title=head, lines=tuple(rest))))

    def act_next_failure(self) -> None:
        """Go to the next run within it that failed or crashed."""
        timeline = self.query_one(Timeline)
        if timeline.next_failure():
            timeline.focus()
        else:
            self.notify("Nothing within it failed.", timeout=3)

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

    def act_view(self) -> None:
        """Show what ran the next way: as a tree, in lanes, as a graph."""
        timeline = self.query_one(Timeline)
        timeline.show(VIEWS[(VIEWS.index(timeline.view) + 1) % len(VIEWS)], folds=timeline.folds)

    def act_fold(self) -> None:
        """Fold many runs of one task, or unfold them."""
        timeline = self.query_one(Timeline)
        timeline.show(timeline.view, folds=not timeline.folds)
