"""The queue of shell commands and its groups, as listings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.presentation.runs import age, run_state, run_took
from pacc.presentation.tables import Column, Table, cell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pacc.schemas.flow_runs import FlowRun
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
            age(run, now),
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
    open_now = [(run.work_queue_name, run.state_type == "SCHEDULED") for run in jobs]
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
