"""What a retry is going to do, as a listing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.presentation.states import state_cell
from pacc.presentation.tables import Column, Table, cell

if TYPE_CHECKING:
    from pacc.schemas.retries import RetryPlan

COLUMNS = (
    Column(name="Task run"),
    Column(name="State"),
    Column(name="Retry"),
    Column(name="Why", gives_way=True),
)


def plan_table(plan: RetryPlan, *, glyphs: bool = True) -> Table:
    """Return what earlier attempts called, and whether a retry reuses it.

    Args:
        plan: what the retry would do.
        glyphs: false where only ASCII may be drawn.
    """
    rows = (
        (
            cell(run.name, "green"),
            state_cell(run.state_type, run.state_name, glyphs=glyphs),
            cell("reused" if run.is_reused else "runs again", "cyan" if run.is_reused else "yellow"),
            cell(run.why),
        )
        for run in plan.runs
    )
    return Table(title=f"Attempt {plan.attempt} of flow run '{plan.name}'", columns=COLUMNS, rows=tuple(rows))
