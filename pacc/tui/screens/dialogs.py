"""What lies over a screen: something to read, to confirm or to answer, and what is asked of the services for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from rich.console import Group
from rich.table import Table as Grid
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from pacc._internal.visible import visible
from pacc.presentation.tables import aligned
from pacc.tui import painting
from pacc.tui.screens.asking import Asked
from pacc.tui.screens.modal import Modal
from pacc.tui.widgets.box import Box, Keys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from textual.app import ComposeResult
    from textual.screen import Screen

    from pacc.presentation.tables import Cell, Description, Table
    from pacc.schemas.explanations import Explanation
    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.overview import ListedRun
    from pacc.store import Store


_WIDEST = 100
"""Columns a dialog has at most, as `dialogs.tcss` says."""
_AROUND = 5
"""Columns of its border, its padding and the scrollbar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something to read: a title, lines, labelled values, and a next step."""

    title: str
    lines: tuple[str, ...] = ()
    facts: tuple[tuple[str, Cell], ...] = ()
    next_step: str | None = None
    drawn: RenderableType | None = None
    """What stands below, as rich draws it."""

    @classmethod
    def of(cls, described: Description, drawn: RenderableType | None = None) -> Told:
        """Return a description as something to read."""
        return cls(title=visible(described.title), facts=described.facts, drawn=drawn)


# ------------------------------------------------------------------------- what is asked, in the thread


def why_run(store: Store, listed: ListedRun) -> Told:
    """Return why a flow run is as it is."""
    from pacc.services import flow_runs  # start-up: none of it is needed for the first look
    from pacc.services.explaining import why_flow_run  # start-up: as above

    return explained(why_flow_run(store, flow_runs.read(store, listed.run.id)))


def why_task(store: Store, task_run_id: str) -> Told:
    """Return why a task run is as it is."""
    from pacc.services import task_runs  # start-up: as above
    from pacc.services.explaining import why_task_run  # start-up: as above

    return explained(why_task_run(store, task_runs.read(store, task_run_id)))


def explained(found: Explanation) -> Told:
    """Return an answer to "why?" as something to read."""
    from pacc.presentation.explanations import explanation_lines  # start-up: as above

    return Told(
        title=f"Why: {visible(found.subject)}",
        lines=tuple(explanation_lines(found)),
        next_step=found.next_step,
    )


def run_facts(store: Store, listed: ListedRun, now: datetime, *, glyphs: bool) -> Told:
    """Return everything about a flow run."""
    from pacc.presentation.flow_runs import flow_run_description  # start-up: as above
    from pacc.services import deployments, flow_runs  # start-up: as above

    run = flow_runs.read(store, listed.run.id)
    name = None if run.deployment_id is None else deployments.full_name(store, run.deployment_id)
    history = flow_runs.states(store, run.id)
    return Told.of(
        flow_run_description(run, listed.flow_name, now, deployment_name=name, history=history, glyphs=glyphs)
    )


def task_facts(store: Store, task_run_id: str, now: datetime, *, glyphs: bool) -> Told:
    """Return everything about a task run."""
    from pacc.presentation.task_runs import task_run_description  # start-up: as above
    from pacc.services import task_runs  # start-up: as above

    run = task_runs.read(store, task_run_id)
    history = task_runs.states(store, run.id)
    return Told.of(task_run_description(run, now, history=history, glyphs=glyphs))


def cancelled(store: Store, listed: ListedRun) -> str:
    """Cancel a flow run, and return what to say about it."""
    from pacc.services import cancelling  # start-up: as above

    result = cancelling.cancel(store, listed.run.id)
    if result.state is not None and result.state.is_cancelled():
        when = "" if listed.run.run_count else " before it began"
        return f'Cancelled flow run "{listed.run.name}"{when}.'
    return f'Flow run "{listed.run.name}" is told to end.'


def killed(store: Store, listed: ListedRun) -> str:
    """Kill all processes of a flow run, and return what to say about it."""
    from pacc.services import killing  # start-up: as above

    if killing.kill(store, listed.run.id).is_cancelled():
        return f'Flow run "{listed.run.name}" is cancelled; nothing of it is left.'
    return f'All processes of flow run "{listed.run.name}" are being killed.'


def deleted(store: Store, listed: ListedRun) -> str:
    """Delete a flow run, and return what to say about it."""
    from pacc.services import flow_runs  # start-up: as above

    flow_runs.delete(store, listed.run.id)
    return f'Deleted flow run "{listed.run.name}".'


def retry_plan(store: Store, listed: ListedRun, *, glyphs: bool) -> Asked:
    """Return what a retry of a flow run would do.

    Raises:
        IllegalTransition: it cannot be retried, or not from here.
    """
    from pacc.presentation.retries import plan_table  # start-up: as above
    from pacc.services import retrying  # start-up: as above

    plan = retrying.plan(store, listed.run.id)
    who = (
        "It is executed in a process of its own, in the folder the dashboard was started in."
        if listed.run.deployment_id is None
        else "A runner of its deployment takes it."
    )
    return Asked(
        question=f'Retry flow run "{visible(listed.run.name)}"? {who}',
        command=f"pacc flow-run retry {listed.run.id}",
        yes="retry it",
        act=lambda store, _: retried(store, listed.run),
        lines=() if plan.runs else ("No task was called; all of it runs.",),
        drawn=plain_table(plan_table(plan, glyphs=glyphs)),
    )


def retried(store: Store, run: FlowRun) -> str:
    """Have a flow run retried by a runner of its deployment or, that of a script, by a process; return what to say about it.

    Raises:
        PaccException: it cannot be retried.
    """
    if run.deployment_id is None:
        from pacc.tui import script_runs  # start-up: only where one is retried

        script_runs.retry(store.home, str(run.id))
        return f'Flow run "{run.name}" runs again.'
    from pacc.services import retrying  # start-up: as above

    retrying.retry(store, run.id)
    return f'Flow run "{run.name}" waits for a runner of its deployment to take it again.'


# ------------------------------------------------------------------------------------------ dialogs


def _facts(facts: Sequence[tuple[str, Cell]], *, dark: bool) -> Grid:
    """Labelled values as two columns, so that a long value is wrapped beside its label."""
    table = Grid.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in facts:
        table.add_row(
            Text(label, style=painting.style("bright_black", dark=dark)),
            Text(value.text, style=painting.style(value.color, dark=dark)),
        )
    return table


def may_act(screen: Screen[Any]) -> bool:
    """Say whether the dashboard may change anything; where it may not, the person is told."""
    if getattr(screen.app, "read_only", False):
        screen.notify("This dashboard is read only.", severity="warning")
        return False
    return True


def room(columns: int) -> int:
    """Return how wide a line of a dialog may be on a terminal of so many columns.

    Example:
        >>> room(80)
        67
    """
    return min(_WIDEST, columns * 9 // 10) - _AROUND


class Hung:
    """A line that goes on below its own beginning where there is too little room for it.

    Args:
        line: one that is safe to write.
    """

    def __init__(self, line: str) -> None:
        self._line = line

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it, for rich."""
        text, room = Text(self._line), options.max_width
        moved_in = len(self._line) - len(self._line.lstrip()) + 2
        if text.cell_len <= room or moved_in > room // 2 or "\n" in self._line:
            yield text
            return
        first, *others = text.wrap(console, room)
        rest = Text(self._line[len(first.plain) :].lstrip()).wrap(console, room - moved_in) if others else ()
        yield first
        for each in rest:
            yield Text(" " * moved_in + each.plain)


class _Aligned:
    """A listing as lines of aligned columns, whose values are shortened where there is too little room."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it, for rich."""
        lines = aligned(self._table, options.max_width)
        yield Text("\n".join(lines), no_wrap=True, overflow="crop")


def plain_table(table: Table | None) -> RenderableType | None:
    """Return a listing as lines of aligned columns, nothing where it has no rows."""
    return _Aligned(table) if table is not None and table.rows else None


def markdown(text: str, *, glyphs: bool) -> RenderableType:
    """Return what a person wrote in Markdown as rich draws it; as it was written where only ASCII may be drawn."""
    from pacc.presentation.drawn_artifacts import drawn_or_plain  # start-up: hardly any question has some

    return drawn_or_plain("markdown", text, glyphs=glyphs)


def drawn(told: Told, *, dark: bool) -> RenderableType:
    """Return what there is to read, without its title, as rich draws it.

    Args:
        told: what.
        dark: whether light text stands on a dark ground.
    """
    parts: list[RenderableType] = [Hung(visible(line, lines=True)) for line in told.lines]
    if told.facts:
        parts.append(_facts(told.facts, dark=dark))
    if told.drawn is not None:
        parts += [Text(), told.drawn] if parts else [told.drawn]
    return Group(*parts)


class Reading(Modal[None]):
    """Something to read; any of the usual keys closes it.

    Args:
        told: what.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,w,i,question_mark", "dismiss", "Close", show=False),
        Binding("j,down", "scroll(1)", "Down", show=False),
        Binding("k,up", "scroll(-1)", "Up", show=False),
        Binding("Y", "copy", "Copy the command", show=False),
    ]

    def __init__(self, told: Told) -> None:
        super().__init__()
        self.told = told

    def compose(self) -> ComposeResult:
        """Make the box."""
        told, dark = self.told, self.app.current_theme.dark
        with Box(classes="dialog reading"):
            yield Static(Text(visible(told.title), style="bold"), classes="title", markup=False)
            with VerticalScroll(classes="gives"):
                yield Static(drawn(told, dark=dark), markup=False)
            if told.next_step is not None:
                yield Static(
                    Text(f"$ {visible(told.next_step)}", style=painting.style("green", dark=dark)),
                    classes="next",
                    markup=False,
                )
            closing = "esc closes   Y copies the command" if told.next_step else "esc closes"
            yield Keys(closing, dark=dark)

    def action_scroll(self, by: int) -> None:
        """Move the text."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_copy(self) -> None:
        """Copy the command that goes on from here."""
        if self.told.next_step is not None:
            self.app.copy_to_clipboard(self.told.next_step)
            self.notify(f"Copied: {visible(self.told.next_step)}", timeout=2, markup=False)


class Confirm(Modal[bool]):
    """A question with a yes and a no, and the command that does the same.

    Args:
        question: in a sentence.
        command: what does the same.
        lines: what would happen.
        drawn: the same, as rich draws it, below.
        yes: what enter does.
        no: what escape does.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "mean_it", "Yes", show=False),
        Binding("escape,n,q", "dismiss(False)", "No", show=False),
        Binding("Y", "copy", "Copy the command", show=False),
    ]

    def __init__(
        self,
        question: str,
        command: str,
        lines: Sequence[str] = (),
        *,
        drawn: RenderableType | None = None,
        yes: str = "yes",
        no: str = "no",
    ) -> None:
        super().__init__()
        self._question, self._command, self._lines, self._drawn = question, command, lines, drawn
        self._answers = f"enter {yes}   esc {no}   Y copies the command"

    def compose(self) -> ComposeResult:
        """Make the box."""
        dark = self.app.current_theme.dark
        with Box(classes="dialog confirm"):
            yield Static(Text(visible(self._question), style="bold"), classes="title", markup=False)
            if self._lines or self._drawn is not None:
                parts = [
                    *(Text(visible(line, lines=True)) for line in self._lines),
                    *([] if self._drawn is None else [self._drawn]),
                ]
                with VerticalScroll(classes="gives"):
                    yield Static(Group(*parts), markup=False)
            yield Static(
                Text(f"$ {visible(self._command, lines=True)}", style=painting.style("green", dark=dark)),
                classes="next",
                markup=False,
            )
            yield Keys(self._answers, dark=dark)

    def action_mean_it(self) -> None:
        """Say yes, where anything may be changed."""
        self.dismiss(may_act(self))

    def action_copy(self) -> None:
        """Copy the command that does the same."""
        self.app.copy_to_clipboard(self._command)
        self.notify(f"Copied: {visible(self._command)}", timeout=2, markup=False)


class Question(Modal[str | None]):
    """One line to type.

    Args:
        title: what is asked.
        help: what may be answered.
        value: what stands there already.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Leave it", show=False)]

    def __init__(self, title: str, help: str, value: str = "") -> None:
        super().__init__()
        self._title, self._help, self._value = title, help, value

    def compose(self) -> ComposeResult:
        """Make the box."""
        dark = self.app.current_theme.dark
        with Box(classes="dialog question"):
            yield Static(Text(self._title, style="bold"), classes="title", markup=False)
            yield Input(self._value, select_on_focus=False)
            yield Static(
                Text(self._help, style=painting.style("bright_black", dark=dark)),
                classes="hint",
                markup=False,
            )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what was typed."""
        self.dismiss(event.value)
