"""`pacc flow-run`: what ran, how it went, and what it said."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="flow-run",
    help="See flow runs, their logs and how they ended.",
    entries=(
        Entry(name="inspect", module="pacc.cli.flow_run.inspect", help="Show everything about a flow run."),
        Entry(
            name="create",
            module="pacc.cli.deployment.run",
            help="Start a run of a deployment, as deployment run does.",
        ),
        Entry(name="ls", module="pacc.cli.flow_run.ls", help="List flow runs, the newest first."),
        Entry(
            name="cancel", module="pacc.cli.flow_run.cancel", help="End a flow run and all it has started."
        ),
        Entry(name="delete", module="pacc.cli.flow_run.delete", help="Delete a flow run and its log."),
        Entry(
            name="retry",
            module="pacc.cli.flow_run.retry",
            help="Run a flow run again from where it stopped.",
        ),
        Entry(
            name="pause",
            module="pacc.cli.flow_run.pause",
            help="Have a flow run wait until it is resumed.",
        ),
        Entry(
            name="suspend",
            module="pacc.cli.flow_run.suspend",
            help="Have the process of a flow run leave until it is resumed.",
        ),
        Entry(
            name="resume",
            module="pacc.cli.flow_run.resume",
            help="Let a paused or suspended flow run go on.",
        ),
        Entry(name="logs", module="pacc.cli.flow_run.logs", help="Show what a flow run logged."),
        Entry(
            name="graph",
            module="pacc.cli.flow_run.graph",
            help="Show what ran within a flow run, and which result went where.",
        ),
        Entry(
            name="timeline",
            module="pacc.cli.flow_run.timeline",
            help="Draw when what ran within a flow run ran.",
        ),
        Entry(name="execute", module="pacc.cli.flow_run.execute", help="Execute a flow run that is waiting."),
        Entry(name="watch", module="pacc.cli.flow_run.watch", help="Follow a flow run until it ends."),
    ),
)
