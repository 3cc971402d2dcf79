"""The queue of shell commands: what runs, what waits and for what, how it ended, in groups that run so many at once."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from rich.text import Text

from pacc._internal.visible import visible
from pacc.presentation import shell_queue as presented
from pacc.presentation.block_fields import NO_DEFAULT, Field
from pacc.presentation.logs import short_line
from pacc.presentation.shell_queue import QueueLine
from pacc.presentation.tables import Cell
from pacc.schemas.choices import DEFAULT_QUEUE
from pacc.schemas.states import TERMINAL_STATES
from pacc.services import cancelling, flow_runs, logs, shell_queue
from pacc.tui import actions
from pacc.tui.screens import dialogs
from pacc.tui.screens.asking import Asked
from pacc.tui.screens.dialogs import Told
from pacc.tui.screens.noun import Noun, NounPage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from textual.binding import BindingType

    from pacc.schemas.flow_runs import FlowRun
    from pacc.store import Store
    from pacc.tui.messages import Refused

LAST_LINES = 12
"""So many lines of what a command said stand beside it."""
COMMAND = Field("command", "text", "What the shell is given.", NO_DEFAULT, required=True, secret=False)
PRIORITY = Field(
    "priority", "whole number", "Of those that wait the highest goes first.", 0, required=False, secret=False
)
AFTER = Field(
    "after",
    "text",
    "A run that must complete first: a name, an id, @last.",
    NO_DEFAULT,
    required=False,
    secret=False,
)
RETRIES = Field(
    "retries", "whole number", "How often it is tried again if it fails.", 0, required=False, secret=False
)
TIMEOUT = Field("timeout", "number", "Seconds a try may take.", NO_DEFAULT, required=False, secret=False)
NAME = Field("name", "text", "What it is to be called.", NO_DEFAULT, required=True, secret=False)
SLOTS = Field(
    "slots", "whole number", "How many commands run at once.", NO_DEFAULT, required=True, secret=False
)

ON_GROUP = "That is for a command; t pauses the group, C sets its slots."
ENDED = "It has ended already; T runs it again."
BEGUN = "Only a command that waits can"


def _read(store: Store, _: datetime) -> Iterator[QueueLine]:
    """Read each group, and below it its commands."""
    for group in shell_queue.look(store):
        yield QueueLine(group)
        for job in group.jobs:
            yield QueueLine(group, job)


def _identify(line: QueueLine) -> str:
    return str(line.group.queue.id if line.run is None else line.run.id)


def _command(line: QueueLine | None) -> str:
    if line is None:
        return "pacc shell ls --all"
    if line.run is None:
        return "pacc shell group ls"
    ended = line.run.state_type in TERMINAL_STATES
    return f"pacc flow-run logs {line.run.id}" if ended else f"pacc shell follow {line.run.id}"


def _tell(store: Store, line: QueueLine, now: datetime, *, glyphs: bool = True) -> Told:
    described = presented.job_description(line, now, glyphs=glyphs)
    if line.run is None:
        return Told.of(described)
    said = logs.read(store, line.run.id, tail=LAST_LINES)
    lines = ["".join(each.text for each in (*cells[:1], *cells[4:])) for cells in map(short_line, said)]
    return Told.of(described, Text("\n".join(lines), no_wrap=True, overflow="crop") if lines else None)


def _why(store: Store, line: QueueLine, now: datetime) -> Told:
    if line.run is None:
        return Told.of(presented.job_description(line, now))
    from pacc.services.explaining import why_flow_run  # start-up: only where somebody asks

    return dialogs.explained(why_flow_run(store, flow_runs.read(store, line.run.id)))


def _have_executed(store: Store) -> None:
    """See to it that somebody executes the queue, as the commands do."""
    from pacc.workers.shell_queue import attend  # start-up: workers are heavy

    attend(store)


# --------------------------------------------------------------------------------------------- commands


def _stop(line: QueueLine) -> Asked | str:
    run = line.run
    if run is None:
        return ON_GROUP
    if run.state_type in TERMINAL_STATES:
        return ENDED
    waits = run.state_type == "SCHEDULED"

    def act(store: Store, _: Mapping[str, Any]) -> str:
        cancelling.cancel(store, run.id)
        return f'"{run.name}" is {"taken out of the queue" if waits else "told to end"}.'

    goes = "Take it out of the queue" if waits else "End it, with every process it has started"
    return Asked(
        question=f"{goes}: {_short(run)}?",
        command=f"pacc shell kill {run.id} --yes",
        yes="take it out" if waits else "end it",
        act=act,
    )


def _kill(line: QueueLine) -> Asked | str:
    run = line.run
    if run is None:
        return ON_GROUP
    if run.state_type in TERMINAL_STATES:
        return ENDED
    if run.state_type == "SCHEDULED":
        return "It has not begun; x takes it out of the queue."

    def act(store: Store, _: Mapping[str, Any]) -> str:
        from pacc.services import killing  # start-up: hardly any run is killed

        killing.kill(store, run.id)
        return f'All processes of "{run.name}" are being killed.'

    return Asked(
        question=f"Kill all its processes at once: {_short(run)}?",
        command=f"pacc flow-run cancel {run.id} --kill",
        yes="kill them",
        act=act,
        lines=("They get no time to clean up; x gives them some.",),
    )


def _again(line: QueueLine) -> Asked | str:
    run = line.run
    if run is None:
        return ON_GROUP
    if run.state_type not in TERMINAL_STATES:
        return "It has not ended yet; x stops it."

    def act(store: Store, _: Mapping[str, Any]) -> str:
        again = shell_queue.restart(store, flow_runs.read(store, run.id))
        _have_executed(store)
        return f'"{run.name}" waits again{"" if again.id == run.id else f", as {again.name}"}.'

    return Asked(
        question=f"Run it again: {_short(run)}?",
        command=f"pacc shell restart {run.id}",
        yes="run it again",
        act=act,
    )


def _edit(line: QueueLine) -> Asked | str:
    run = line.run
    if run is None:
        return ON_GROUP
    if run.state_type != "SCHEDULED":
        return f"{BEGUN} be edited."
    before = {
        "command": str(run.parameters.get("command", "")),
        "priority": str(shell_queue.priority_of(run)),
    }

    def command(typed: Mapping[str, str]) -> str:
        changed = [
            f"--{name} {shlex.quote(typed[name].strip() or name.upper())}"
            for name in before
            if typed[name].strip() != before[name]
        ]
        return " ".join([f"pacc shell edit {run.id}", *(changed or ["--command COMMAND"])])

    def act(store: Store, values: Mapping[str, Any]) -> str:
        now = shell_queue.edit(store, run, command=values["command"], priority=values.get("priority", 0))
        return f'"{now.name}" runs {now.parameters["command"]}, with priority {shell_queue.priority_of(now)}.'

    return Asked(
        question=f'The command "{visible(run.name)}"',
        command=command,
        yes="changes it",
        act=act,
        fields=(COMMAND, PRIORITY),
        values=before,
    )


def _toggle(line: QueueLine) -> Asked | str:
    run = line.run
    if run is None:
        return _pause(line)
    if run.state_type != "SCHEDULED":
        return f"{BEGUN} be put aside."
    aside = run.state_name == shell_queue.STASHED

    def act(store: Store, _: Mapping[str, Any]) -> str:
        known = flow_runs.read(store, run.id)
        if not aside:
            shell_queue.stash(store, known)
            return f'"{run.name}" is put aside.'
        shell_queue.enqueue(store, known)
        _have_executed(store)
        return f'"{run.name}" waits again.'

    return Asked(
        question=f"{'Let it wait again' if aside else 'Put it aside'}: {_short(run)}?",
        command=f"pacc shell {'enqueue' if aside else 'stash'} {run.id}",
        yes="put it back" if aside else "put it aside",
        act=act,
    )


def _short(run: FlowRun) -> str:
    return visible(str(run.parameters.get("command", "")))


# ----------------------------------------------------------------------------------------------- groups


def _pause(line: QueueLine) -> Asked:
    group = line.group.queue
    verb = "resume" if group.is_paused else "pause"

    def act(store: Store, _: Mapping[str, Any]) -> str:
        shell_queue.set_group(store, group.name, paused=not group.is_paused)
        if group.is_paused:
            _have_executed(store)
        return f'The group "{group.name}" {"goes on" if group.is_paused else "is paused"}.'

    return Asked(
        question=f'{verb.capitalize()} the group "{visible(group.name)}"?'
        f"{'' if group.is_paused else ' Commands that run go on.'}",
        command=f"pacc shell group set {shlex.quote(group.name)} --{verb}",
        yes=f"{verb} it",
        act=act,
    )


def _slots(line: QueueLine) -> Asked:
    group = line.group.queue

    def command(typed: Mapping[str, str]) -> str:
        count = shlex.quote(typed["slots"].strip() or "COUNT")
        return f"pacc shell group set {shlex.quote(group.name)} --parallel {count}"

    def act(store: Store, values: Mapping[str, Any]) -> str:
        shell_queue.set_group(store, group.name, parallel=values["slots"])
        return f'The group "{group.name}" runs {values["slots"]} at once now.'

    return Asked(
        question=f'The slots of the group "{visible(group.name)}"',
        command=command,
        yes="sets them",
        act=act,
        fields=(SLOTS,),
        values={} if group.concurrency_limit is None else {"slots": str(group.concurrency_limit)},
        wrong=_too_few,
    )


def _too_few(values: Mapping[str, Any]) -> dict[str, str]:
    return {"slots": "at least 1; t pauses a group"} if values.get("slots", 1) < 1 else {}


def _new_group() -> Asked:
    def command(typed: Mapping[str, str]) -> str:
        name, slots = typed["name"].strip() or "NAME", typed["slots"].strip() or "COUNT"
        return f"pacc shell group create {shlex.quote(name)} --parallel {shlex.quote(slots)}"

    def act(store: Store, values: Mapping[str, Any]) -> str:
        made = shell_queue.create_group(store, values["name"].strip(), parallel=values["slots"])
        return f'Made the group "{made.name}": {values["slots"]} at once.'

    return Asked(
        question="A new group",
        command=command,
        yes="makes it",
        act=act,
        fields=(NAME, SLOTS),
        values={"slots": "1"},
        wrong=_too_few,
    )


def _add(group: str, groups: tuple[str, ...]) -> Asked:
    """Return what is asked for a new command: it runs in the folder and with the environment of the dashboard."""
    folder = os.getcwd()
    named = Field(
        "group", "text", "Whose slots count for it.", group, required=True, secret=False, choices=groups
    )

    def command(typed: Mapping[str, str]) -> str:
        said = {name: typed[name].strip() for name in ("group", "after", "priority", "retries", "timeout")}
        unless = {"group": DEFAULT_QUEUE, "priority": "0", "retries": "0"}
        options = [
            f"--{name} {shlex.quote(text)}"
            for name, text in said.items()
            if text and text != unless.get(name)
        ]
        return " ".join(
            ["pacc shell add", *options, "--", shlex.quote(typed["command"].strip() or "COMMAND")]
        )

    def act(store: Store, values: Mapping[str, Any]) -> str:
        after = values.get("after", "").strip()
        added = shell_queue.add(
            store,
            values["command"].strip(),
            folder=folder,
            environment=os.environ,
            group=values["group"],
            after=[flow_runs.find(store, after).id] if after else [],
            priority=values.get("priority", 0),
            retries=values.get("retries", 0),
            timeout_seconds=values.get("timeout"),
        )
        _have_executed(store)
        return f'Added "{added.name}" to the group "{values["group"]}".'

    def wrong(values: Mapping[str, Any]) -> dict[str, str]:
        found = {}
        if values.get("retries", 0) < 0:
            found["retries"] = "0 or more"
        if values.get("timeout", 1) <= 0:
            found["timeout"] = "more than 0"
        if not str(values.get("command", "x")).strip():
            found["command"] = "it is needed"
        return found

    return Asked(
        question="A command for the queue",
        command=command,
        yes="adds it",
        act=act,
        lines=(f"It runs in {visible(folder)}, with the environment of this dashboard.",),
        fields=(COMMAND, named, AFTER, PRIORITY, RETRIES, TIMEOUT),
        values={"group": group, "priority": "0", "retries": "0"},
        wrong=wrong,
    )


class _Moved(NamedTuple):
    """What a move came to."""

    passed: str | None


class Queue(NounPage):
    """The queue of shell commands."""

    name_of_screen = actions.QUEUE
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.QUEUE)]
    noun = Noun(
        title="Queue",
        one="command",
        many="commands",
        empty="no shell commands; n adds one",
        columns=presented.LINE_COLUMNS,
        read=_read,
        identify=_identify,
        cells=presented.line_cells,
        command=_command,
        tell=_tell,
        acts={
            "cancel": _stop,
            "kill": _kill,
            "retry": _again,
            "edit": _edit,
            "toggle": _toggle,
            "limit": _slots,
        },
        makes={"new_group": _new_group},
        tells={"why": _why},
        every=2.0,
        orders=presented.ORDERS,
        also={
            "state": lambda line: line.job and line.run.state_name,
            "group": lambda line: line.group.queue.name,
            "folder": lambda line: line.job and line.run.parameters.get("folder"),
        },
        is_below=lambda line: line.job is not None,
    )

    def __init__(self) -> None:
        super().__init__()
        self._did: tuple[str, str] | None = None
        """The job that was moved last, as long as the cursor is on it, and the command that does the same."""

    def tell(self, store: Store, row: Any, now: datetime) -> Told:
        """Say everything about a group or a command, with the last lines of what it said."""
        return _tell(store, row, now, glyphs=self.dashboard.glyphs)

    def look_closer(self) -> None:
        """Read everything about the row of the cursor, each second: what a command says changes nothing in the store."""
        row, now = self.table.current_row, self.dashboard.now
        if row is not None:
            self.dashboard.following.watch(
                self, "told", lambda store: self.tell(store, row, now()), every=1.0
            )

    def number(self, rows: list[Any]) -> int:
        """Return how many commands there are, without the groups."""
        return sum(line.run is not None for line in rows)

    def about(self, rows: list[Any]) -> list[Cell]:
        """Say where nobody is there to execute what waits."""
        waits = any(line.run is not None and line.run.state_type == "SCHEDULED" for line in rows)
        attended = any(line.group.is_attended for line in rows)
        return [Cell("   nobody executes the queue now", "red")] if waits and not attended else []

    def advance(self) -> None:
        """What runs takes longer."""
        self.table.advance()

    def command(self) -> str:
        """Return the command that shows the row, or that did what was done last."""
        return super().command() if self._did is None else self._did[1]

    def on_window_table_moved(self) -> None:
        """Tell no more what was done with another row; what the base does comes after it."""
        if self._did is not None and self._did[0] != self.identity():
            self._did = None

    def open_row(self) -> None:
        """Open what a command says; go to the details of a group."""
        line: QueueLine | None = self.table.current_row
        if line is None or line.run is None:
            self.act_facts()
        else:
            self.dashboard.open_run(str(line.run.id), at_log=True)

    # ------------------------------------------------------------------------------------- acting

    def act_new(self) -> None:
        """Ask for a command, for the group of the cursor."""
        line: QueueLine | None = self.table.current_row
        groups = [row.group.queue.name for row in self.sifted.whole if row.run is None] or [DEFAULT_QUEUE]
        self.ask(_add(groups[0] if line is None else line.group.queue.name, tuple(groups)))

    def _lines(self) -> list[QueueLine]:
        return [self.table.row(each) for each in self.table.ids]

    def act_move_up(self) -> None:
        """Have the command run before the one before it."""
        self._move("up")

    def act_move_down(self) -> None:
        """Have the command run behind the next one."""
        self._move("down")

    def _move(self, where: Literal["up", "down"]) -> None:
        line: QueueLine | None = self.table.current_row
        if line is None or line.run is None or not dialogs.may_act(self):
            return
        if self.order:
            self.notify("The list is in another order now; s goes on to the one in which they run.")
            return
        run = line.run
        self._did = str(run.id), f"pacc shell move {run.id} {where}"
        self.do("moved", lambda store: _Moved(shell_queue.move(store, run, where)))

    def done(self, name: str, value: Any) -> None:
        """A move shows itself; anything else is said."""
        if not isinstance(value, _Moved):
            super().done(name, value)
        elif value.passed is None:
            self._did = None
            self.notify("It is there already.", timeout=2)

    def refused(self, report: Refused) -> None:
        """Say why something could not be done; no command did it."""
        self._did = None
        super().refused(report)

    def act_shell(self) -> None:
        """Open a shell in the folder of the command."""
        line: QueueLine | None = self.table.current_row
        if line is not None and line.run is not None and dialogs.may_act(self):
            from pacc.tui import outside  # start-up: only where a program is started

            outside.shell(self, Path(str(line.run.parameters.get("folder", "/"))))

    def act_next_failure(self) -> None:
        """Go to the next command that did not end well."""
        lines, at = self._lines(), self.table.cursor
        bad = [
            place
            for place, line in enumerate(lines)
            if line.run is not None and line.run.state_type in ("FAILED", "CRASHED")
        ]
        if bad:
            self.table.move_to(next((place for place in bad if place > at), bad[0]))
        else:
            self.notify("No command of this list failed or crashed.")
