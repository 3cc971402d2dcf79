"""`pacc task-run ls`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from pacc.cli._options import ROWS, Limit, Names, Output, Tags, Types
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.task_runs import task_run_table
from pacc.schemas.filters import FlowRunFilter, FlowRunFilterId, TaskRunFilter
from pacc.schemas.sorting import TaskRunSort
from pacc.services import flow_runs, task_runs

TaskRunNames = Annotated[
    list[str] | None,
    typer.Option("--task-run-name", metavar="NAME", help="Only runs of this name; repeat for more."),
]

Sort = Annotated[
    TaskRunSort,
    typer.Option(
        "--sort",
        metavar="ORDER",
        case_sensitive=False,
        help="expected_start_time_desc, end_time_desc, name_asc, ...",
        show_default=False,
    ),
]


def command(
    *,
    task_run_name: TaskRunNames = None,
    limit: Limit = ROWS,
    state: Names = None,
    state_type: Types = None,
    tag: Tags = None,
    flow_run: Annotated[
        str | None,
        typer.Option("--flow-run", metavar="RUN", help="Only task runs of this flow run: name, id, @last."),
    ] = None,
    sort: Sort = TaskRunSort.ID_DESC,
    output: Output = "table",
) -> None:
    """List task runs, the newest first."""
    store = open_for_command()
    within = None if flow_run is None else flow_runs.find(store, flow_run).id
    found = task_runs.select(
        store,
        flow_run_filter=None if within is None else FlowRunFilter(id=FlowRunFilterId(any_=[within])),
        task_run_filter=_filter(task_run_name, state, state_type, tag),
        sort=sort,
        limit=limit,
    )
    if output == "json":
        terminal.json(found)
        return
    table = task_run_table(found, datetime.now(UTC), glyphs=terminal.glyphs)
    terminal.table(table, output, empty="no task runs")


def _filter(run_names: TaskRunNames, states: Names, types: Types, tags: Tags) -> TaskRunFilter | None:
    asked: dict[str, Any] = {}
    if run_names:
        asked["name"] = {"any_": run_names}
    if states:
        asked.setdefault("state", {})["name"] = {"any_": states}
    if types:
        asked.setdefault("state", {})["type"] = {"any_": types}
    if tags:
        asked["tags"] = {"all_": tags}
    return TaskRunFilter(**asked) if asked else None
