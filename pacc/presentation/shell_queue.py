"""The queue of shell commands and its groups, as listings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pacc.presentation.fitting import Fit
from pacc.presentation.overview import run_so_far
from pacc.presentation.runs import age, present, run_state, run_took, times
from pacc.presentation.sifting import Order
from pacc.presentation.states import mark
from pacc.presentation.tables import Cell, Column, Description, Table, cell
from pacc.presentation.times import short_ago
from pacc.schemas.states import TERMINAL_STATES
from pacc.services.shell_queue import STASHED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.shell_queue import ShellGroup, ShellJob
    from pacc.schemas.work_pools import WorkQueue

JOB_COLUMNS = (
    Column(name="ID", at_least=13, gives_way=True),
    Column(name="Name"),
    Column(name="Group"),
    Column(name="State"),
    Column(name="When"),
    Column(name="Took", right=True),
    Column(name="Command", at_least=13, gives_way=True),
)
GROUP_COLUMNS = (
    Column(name="Group"),
    Column(name="At once", right=True),
    Column(name="Running", right=True),
    Column(name="Waiting", right=True),
    Column(name="Paused"),
)


def job_table(jobs: Iterable[FlowRun], now: datetime, *, glyphs: bool = True) -> Table:
    """Return commands of the queue as a table, in the order given.

    Args:
        jobs: their flow runs.
        now: the moment ages are counted from.
        glyphs: false where only ASCII may be drawn.
    """
    rows = tuple(
        (
            cell(run.id, "cyan"),
            cell(run.name, "green"),
            cell(run.work_queue_name or ""),
            run_state(run, glyphs=glyphs),
            Cell("") if run.state_name == STASHED else age(run, now),
            run_took(run),
            cell(run.parameters.get("command", "")),
        )
        for run in jobs
    )
    return Table(title="Shell Queue", columns=JOB_COLUMNS, rows=rows)


def group_table(groups: Iterable[WorkQueue], jobs: Iterable[FlowRun]) -> Table:
    """Return groups as a table, with how many of their commands run and wait.

    Args:
        groups: what to list.
        jobs: the commands that have not ended.
    """
    open_now = [
        (run.work_queue_name, run.state_type == "SCHEDULED") for run in jobs if run.state_name != STASHED
    ]
    rows = tuple(
        (
            cell(group.name, "green"),
            cell("any number" if group.concurrency_limit is None else group.concurrency_limit),
            cell(open_now.count((group.name, False))),
            cell(open_now.count((group.name, True))),
            cell("yes" if group.is_paused else "no"),
        )
        for group in groups
    )
    return Table(title="Groups", columns=GROUP_COLUMNS, rows=rows)


# ------------------------------------------------------------------------------------------ on a screen


class QueueLine(NamedTuple):
    """A line of the queue: a group, or below it one of its commands."""

    group: ShellGroup
    job: ShellJob | None = None

    @property
    def run(self) -> FlowRun | None:
        """The run of the command, nothing for a group."""
        return None if self.job is None else self.job.run


LINE_COLUMNS = (
    Fit("", 1),
    Fit("command", 26, grows=3),
    Fit("run", 14, goes=2),
    Fit("how", 16, grows=1),
    Fit("took", 6, right=True),
    Fit("since", 7, right=True, goes=3),
)
"""The columns of the queue."""
ORDERS = (
    Order("as they run"),
    Order("failures first", key=lambda line: line.job and line.run.state_type not in ("FAILED", "CRASHED")),
    Order("newest first", key=lambda line: line.job and line.run.created, down=True),
)
"""The orders of the commands of a group, which are read in the order they run."""

_EXIT = re.compile(r"The command (?:exited with code (\d+)|was ended by (SIG\w+)): ")
_ENDS = {"CANCELLED": "cancelled", "CRASHED": "crashed", "FAILED": "failed"}
_GOES_ON = {"PENDING": "begins", "RUNNING": "runs", "PAUSED": "is paused", "CANCELLING": "is ending"}


def line_cells(line: QueueLine, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return a group or a command as a row of `LINE_COLUMNS`."""
    if line.job is None:
        return (
            Cell("▾" if glyphs else "v", "cyan"),
            cell(line.group.queue.name, "cyan"),
            Cell(""),
            places(line.group),
            Cell(""),
            Cell(""),
        )
    run = line.job.run
    sign = mark(run.state_type or "", run.state_name or "")
    ended = run.state_type in TERMINAL_STATES
    since = run.end_time if ended else run.state.timestamp if run.state else run.created
    return (
        Cell(sign.glyph if glyphs else sign.letter, sign.color),
        cell(run.parameters.get("command", ""), "bright_black" if ended else ""),
        cell(run.name, "bright_black"),
        how(line.job, line.group),
        run_so_far(run, now),
        cell(short_ago(since, now), "bright_black"),
    )


def places(group: ShellGroup) -> Cell:
    """Return how many places of a group are taken, and how many commands wait, as a cell."""
    waiting = sum(job.run.state_type == "SCHEDULED" and job.run.state_name != STASHED for job in group.jobs)
    limit = group.queue.concurrency_limit
    taken = str(group.running) if limit is None else f"{group.running}/{limit}"
    waits = f", {waiting} wait{'s' if waiting == 1 else ''}" if waiting else ""
    if group.queue.is_paused:
        return Cell(f"paused{waits}", "yellow")
    return Cell(f"{taken} run{waits}", "yellow" if group.is_full else "")


def how(job: ShellJob, group: ShellGroup) -> Cell:
    """Return what a command waits for, that it goes on, or how it ended, as a cell.

    Example:
        >>> how(job, group).text  # doctest: +SKIP
        'after brave-otter'
    """
    run = job.run
    if run.state_type in TERMINAL_STATES:
        return _ended(run)
    if run.state_type != "SCHEDULED":
        return Cell(_GOES_ON.get(str(run.state_type), ""), "blue")
    if run.state_name == STASHED:
        return Cell("put aside", "bright_black")
    if job.after:
        more = f" +{len(job.after) - 1}" if len(job.after) > 1 else ""
        return cell(f"after {job.after[0]}{more}", "yellow")
    if group.queue.is_paused:
        return Cell("its paused group", "yellow")
    if group.is_full:
        return Cell("a slot", "yellow")
    return Cell("its turn", "yellow") if group.is_attended else Cell("a worker", "red")


def _ended(run: FlowRun) -> Cell:
    """Return how a command ended: its exit code, or the signal that ended it, as the message of its state says."""
    if run.state_type == "COMPLETED":
        return Cell("exit 0", "green")
    told = _EXIT.match((run.state.message if run.state else None) or "")
    if told is not None:
        return Cell(f"exit {told[1]}" if told[1] else told[2], "red")
    if run.state_name == "TimedOut":
        return Cell("took too long", "red")
    word = _ENDS.get(str(run.state_type), str(run.state_name).lower())
    return cell(word, "bright_black" if word == "cancelled" else "red")


def job_description(line: QueueLine, now: datetime, *, glyphs: bool = True) -> Description:
    """Return everything worth reading about a command of the queue, or about a group."""
    if line.job is None:
        return _group_description(line.group)
    job, run = line.job, line.job.run
    told = run.parameters
    timeout = told.get("timeout_seconds")
    ended = run.state_type in TERMINAL_STATES
    facts = [
        ("Command", cell(told.get("command"))),
        ("Run", cell(run.name, "cyan")),
        ("State", run_state(run, glyphs=glyphs)),
        (
            "Ended with" if ended else "Waits for",
            how(job, line.group) if ended or run.state_type == "SCHEDULED" else Cell(""),
        ),
        ("Says", cell(run.state.message if run.state else None)),
        ("Group", cell(line.group.queue.name)),
        ("Priority", cell(job.priority or None)),
        ("Folder", cell(told.get("folder"))),
        ("Tries again", cell(told.get("retries") or None)),
        ("Timeout", cell(None if timeout is None else f"{timeout:g} s")),
        *times(run, now),
        ("ID", cell(run.id)),
    ]
    return Description(title=f"Command '{run.name}'", facts=present(facts))


def _group_description(group: ShellGroup) -> Description:
    limit = group.queue.concurrency_limit
    facts = [
        ("At once", cell("any number" if limit is None else limit)),
        ("Now", places(group)),
        (
            "Executed",
            cell(
                "by a worker that is there"
                if group.is_attended
                else "by nobody now; adding a command starts a worker"
            ),
        ),
        ("ID", cell(group.queue.id)),
    ]
    return Description(title=f"Group '{group.queue.name}'", facts=present(facts))
