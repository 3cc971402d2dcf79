"""Task runs as a listing, and one task run in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.presentation.runs import age, data, present, run_state, run_took, state_history, times
from pacc.presentation.tables import Column, Description, Table, cell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pacc.schemas.states import State
    from pacc.schemas.task_runs import TaskRun

COLUMNS = (
    Column(name="ID", at_least=13, gives_way=True),
    Column(name="Name"),
    Column(name="State"),
    Column(name="When"),
    Column(name="Took", right=True),
)


def task_run_table(runs: Iterable[TaskRun], now: datetime, *, glyphs: bool = True) -> Table:
    """Return task runs as a table, in the order given.

    Args:
        runs: what to list.
        now: the moment ages are counted from.
        glyphs: false where only ASCII may be drawn.
    """
    rows = (
        (
            cell(run.id, "cyan"),
            cell(run.name, "green"),
            run_state(run, glyphs=glyphs),
            age(run, now),
            run_took(run),
        )
        for run in runs
    )
    return Table(title="Task Runs", columns=COLUMNS, rows=tuple(rows))


def task_run_description(
    run: TaskRun, now: datetime, *, history: Iterable[State[Any]] = (), glyphs: bool = True
) -> Description:
    """Return everything worth reading about one task run; what it does not have is left out.

    Args:
        run: what to describe.
        now: the moment ages are counted from.
        history: its states, the first one first.
        glyphs: false where only ASCII may be drawn.
    """
    facts = [
        ("Name", cell(run.name, "green")),
        ("ID", cell(run.id, "cyan")),
        ("Task", cell(run.task_key)),
        ("Flow run", cell(run.flow_run_id)),
        ("State", run_state(run, glyphs=glyphs)),
        ("Message", cell(run.state.message if run.state else None)),
        *times(run, now),
        ("Run count", cell(run.run_count or None)),
        ("Task version", cell(run.task_version)),
        ("Cache key", cell(run.cache_key)),
        ("Caching", cell(run.state.state_details.cache_reason if run.state else None)),
        ("Tags", cell(", ".join(run.tags) or None)),
        ("Inputs", data(run.task_inputs)),
        *state_history(history, glyphs=glyphs),
    ]
    return Description(title=f"Task run '{run.name}'", facts=present(facts))
