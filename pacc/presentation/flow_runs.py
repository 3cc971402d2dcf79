"""Flow runs as a listing, and one flow run in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.sizes import size
from pacc.presentation.runs import age, data, present, run_state, run_took, state_history, times
from pacc.presentation.tables import Cell, Column, Description, Table, cell
from pacc.presentation.text import shorten
from pacc.schemas.failures import error_summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.states import State

COLUMNS = (
    Column(name="ID", at_least=13, gives_way=True),
    Column(name="Flow"),
    Column(name="Name"),
    Column(name="State"),
    Column(name="When"),
    Column(name="Took", right=True),
)
ERROR = Column(name="Error", at_least=13, gives_way=True)
"""Is there where a run failed, or the columns are to be the same whatever is listed."""
LONGEST_ERROR = 200


def flow_run_table(
    runs: Iterable[FlowRun],
    flow_names: Mapping[UUID, str],
    now: datetime,
    *,
    glyphs: bool = True,
    fixed: bool = False,
) -> Table:
    """Return flow runs as a table, in the order given.

    Args:
        runs: what to list.
        flow_names: the names of their flows by id.
        now: the moment ages are counted from.
        glyphs: false where only ASCII may be drawn.
        fixed: have the same columns whatever is listed.
    """
    runs = list(runs)
    errors = [error_summary(run.state) for run in runs]
    rows = [
        (
            cell(run.id, "cyan"),
            cell(flow_names.get(run.flow_id, "")),
            cell(run.name, "green"),
            run_state(run, glyphs=glyphs),
            age(run, now),
            run_took(run),
        )
        for run in runs
    ]
    if not fixed and not any(errors):
        return Table(title="Flow Runs", columns=COLUMNS, rows=tuple(rows))
    explained = [
        (*row, cell(shorten(why, LONGEST_ERROR) if why else None, "red"))
        for row, why in zip(rows, errors, strict=True)
    ]
    return Table(title="Flow Runs", columns=(*COLUMNS, ERROR), rows=tuple(explained))


def flow_run_description(
    run: FlowRun,
    flow_name: str,
    now: datetime,
    *,
    deployment_name: str | None = None,
    history: Iterable[State[Any]] = (),
    glyphs: bool = True,
) -> Description:
    """Return everything worth reading about one flow run; what it does not have is left out.

    Args:
        run: what to describe.
        flow_name: the name of its flow.
        now: the moment ages are counted from.
        deployment_name: the name of the deployment it was made from.
        history: its states, the first one first.
        glyphs: false where only ASCII may be drawn.
    """
    facts = [
        ("Name", cell(run.name, "green")),
        ("ID", cell(run.id, "cyan")),
        ("Flow", cell(flow_name)),
        ("State", run_state(run, glyphs=glyphs)),
        ("Error", cell(error_summary(run.state), "red")),
        ("Message", cell(run.state.message if run.state else None)),
        *times(run, now),
        ("Attempt", cell(run.attempt if run.attempt > 1 else None)),
        ("Run count", cell(run.run_count or None)),
        ("Parent", cell(run.parent_flow_run_id)),
        (
            "Deployment",
            cell(f"{deployment_name} ({run.deployment_id})" if deployment_name else run.deployment_id),
        ),
        ("Work pool", cell(run.work_pool_name)),
        ("Work queue", cell(run.work_queue_name)),
        ("Created by", cell(run.created_by.display_value if run.created_by else None)),
        ("Process", cell(run.infrastructure_pid)),
        *_usage(run.usage or {}),
        ("Flow version", cell(run.flow_version)),
        ("Idempotency key", cell(run.idempotency_key)),
        ("Tags", cell(", ".join(run.tags) or None)),
        ("Labels", data(run.labels)),
        ("Parameters", data(run.parameters)),
        ("Context", data(run.context)),
        ("Job variables", data(run.job_variables)),
        ("Log file", cell(run.log_file)),
        *state_history(history, glyphs=glyphs),
    ]
    return Description(title=f"Flow run '{run.name}'", facts=present(facts))


def _usage(used: Mapping[str, Any]) -> list[tuple[str, Cell]]:
    """What the run's processes used and how the flow's ended, as far as somebody stood by to see it."""
    memory, seconds = used.get("peak_memory"), used.get("cpu_seconds")
    ended = used.get("signal", used.get("exit_code"))
    return [
        ("Peak memory", cell(None if memory is None else size(memory))),
        ("CPU time", cell(None if seconds is None else f"{seconds:.2f} s")),
        ("Ended by" if "signal" in used else "Exit code", cell(ended)),
    ]
