"""What the panes beside a timeline are filled with: read through the services, in the thread that looks at the store."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from pacc.exceptions import ObjectNotFound
from pacc.presentation import panes as presented
from pacc.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    ArtifactFilterTaskRunId,
)
from pacc.services import artifacts, deployments, flow_runs, results, task_runs

if TYPE_CHECKING:
    from datetime import datetime

    from pacc.presentation.panes import PaneLine
    from pacc.schemas.artifacts import Artifact
    from pacc.schemas.graphs import FlowRunGraph
    from pacc.store import Store

_MOST = 200


def read(
    store: Store,
    pane: str,
    kind: str,
    run_id: str,
    graph: FlowRunGraph | None,
    now: datetime,
    *,
    glyphs: bool,
) -> list[PaneLine]:
    """Return the lines of a pane about a run.

    Args:
        store: where it is kept.
        pane: one of `presentation.panes.NAMES`.
        kind: `flow-run` or `task-run`.
        run_id: the run.
        graph: the graph it is part of, for what it hangs together with.
        now: the present moment.
        glyphs: false where only ASCII may be drawn.
    """
    try:
        if pane == "dependencies":
            return (
                presented.nothing("nothing")
                if graph is None
                else presented.dependency_lines(graph, run_id, glyphs=glyphs)
            )
        if pane == "artifacts":
            return presented.artifact_lines(_artifacts(store, kind, run_id))
        if kind == "flow-run":
            return _of_flow_run(store, pane, run_id, now, glyphs=glyphs)
        return _of_task_run(store, pane, run_id, graph, now, glyphs=glyphs)
    except ObjectNotFound:
        return presented.nothing("it is not there any more")


def _artifacts(store: Store, kind: str, run_id: str) -> list[Artifact]:
    if kind == "flow-run":
        wanted = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[UUID(run_id)]))
    else:
        wanted = ArtifactFilter(task_run_id=ArtifactFilterTaskRunId(any_=[UUID(run_id)]))
    return artifacts.select(store, artifact_filter=wanted, limit=_MOST)


def _of_flow_run(store: Store, pane: str, run_id: str, now: datetime, *, glyphs: bool) -> list[PaneLine]:
    if pane == "states":
        return presented.state_lines(flow_runs.states(store, run_id), now, glyphs=glyphs)
    run = flow_runs.read(store, run_id)
    if pane == "result":
        return presented.result_lines(run.state, results.select(store, run_id=run_id, limit=_MOST), now)
    deployment = None
    if run.deployment_id is not None:
        try:
            deployment = deployments.read(store, run.deployment_id)
        except ObjectNotFound:
            deployment = None
    if pane == "resources":
        names = {} if deployment is None else {deployment.id: deployment.full_name}
        return presented.resource_lines(run, names)
    return presented.parameter_lines(run.parameters, None if deployment is None else deployment.parameters)


def _of_task_run(
    store: Store, pane: str, run_id: str, graph: FlowRunGraph | None, now: datetime, *, glyphs: bool
) -> list[PaneLine]:
    if pane == "states":
        return presented.state_lines(task_runs.states(store, run_id), now, glyphs=glyphs)
    run = task_runs.read(store, run_id)
    if pane == "result":
        return presented.result_lines(run.state, results.select(store, run_id=run_id, limit=_MOST), now)
    if pane == "resources":
        return presented.task_resource_lines(run)
    return presented.input_lines(run, graph, glyphs=glyphs)
