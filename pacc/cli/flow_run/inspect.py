"""`pacc flow-run inspect`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import FlowRunReference, InBrowser, Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.flow_runs import flow_run_description
from pacc.services import deployments, flow_runs, flows


def command(run: FlowRunReference, *, web: InBrowser = False, output: Output = "table") -> None:
    """Show everything about a flow run: where it stands, when it ran, what it was given."""
    del web
    store = open_for_command()
    found = flow_runs.find(store, run)
    if output == "json":
        terminal.json(found)
        return
    description = flow_run_description(
        found,
        flows.read(store, found.flow_id).name,
        datetime.now(UTC),
        deployment_name=None
        if found.deployment_id is None
        else deployments.full_name(store, found.deployment_id),
        history=flow_runs.states(store, found.id),
        glyphs=terminal.glyphs,
    )
    terminal.description(description, output)
