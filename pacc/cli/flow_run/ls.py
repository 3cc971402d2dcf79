"""`pacc flow-run ls`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pacc.cli._options import ROWS, Limit, Names, Output, Since, Tags, Types
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.flow_runs import flow_run_table
from pacc.schemas.filters import FlowFilter, FlowFilterId, FlowFilterName, FlowRunFilter
from pacc.schemas.sorting import FlowRunSort
from pacc.services import flow_runs, flows

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.schemas.flow_runs import FlowRun
    from pacc.store import Store

FlowNames = Annotated[
    list[str] | None,
    typer.Option("--flow-name", metavar="NAME", help="Only runs of this flow; repeat for more."),
]

Sort = Annotated[
    FlowRunSort,
    typer.Option(
        "--sort",
        metavar="ORDER",
        case_sensitive=False,
        help="start_time_desc, start_time_asc, end_time_desc, name_asc, ...",
        show_default=False,
    ),
]


def command(
    *,
    flow_name: FlowNames = None,
    limit: Limit = ROWS,
    state: Names = None,
    state_type: Types = None,
    tag: Tags = None,
    since: Since = None,
    subflows: Annotated[
        bool, typer.Option("--subflows/--no-subflows", help="Runs that other flow runs called, too.")
    ] = True,
    sort: Sort = FlowRunSort.ID_DESC,
    output: Output = "table",
) -> None:
    """List flow runs, the newest first."""
    store = open_for_command()
    found = flow_runs.select(
        store,
        flow_filter=FlowFilter(name=FlowFilterName(any_=flow_name)) if flow_name else None,
        flow_run_filter=_filter(state, state_type, tag, since, subflows=subflows),
        sort=sort,
        limit=limit,
    )
    if output == "json":
        terminal.json(found)
        return
    names = _flow_names(store, found)
    terminal.table(
        flow_run_table(found, names, datetime.now(UTC), glyphs=terminal.glyphs, fixed=output == "plain"),
        output,
        empty="no flow runs",
    )


def _filter(names: Names, types: Types, tags: Tags, since: Since, *, subflows: bool) -> FlowRunFilter | None:
    asked: dict[str, Any] = {}
    if names:
        asked.setdefault("state", {})["name"] = {"any_": names}
    if types:
        asked.setdefault("state", {})["type"] = {"any_": types}
    if tags:
        asked["tags"] = {"all_": tags}
    if since is not None:
        asked["expected_start_time"] = {"after_": since}
    if not subflows:
        asked["parent_flow_run_id"] = {"is_null_": True}
    return FlowRunFilter(**asked) if asked else None


def _flow_names(store: Store, runs: list[FlowRun]) -> dict[UUID, str]:
    wanted = sorted({run.flow_id for run in runs})
    if not wanted:
        return {}
    return {
        flow.id: flow.name
        for flow in flows.select(store, flow_filter=FlowFilter(id=FlowFilterId(any_=wanted)))
    }
