"""`pacc deployment`: flows made ready to be run by other processes."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="deployment",
    help="See, run, pause and delete deployments, and their schedules.",
    entries=(
        Entry(
            name="inspect", module="pacc.cli.deployment.inspect", help="Show everything about a deployment."
        ),
        Entry(name="ls", module="pacc.cli.deployment.ls", help="List deployments by name."),
        Entry(name="run", module="pacc.cli.deployment.run", help="Start a run of a deployment."),
        Entry(
            name="stats",
            module="pacc.cli.deployment.stats",
            help="Show how the runs of a deployment went over time.",
        ),
        Entry(
            name="update",
            module="pacc.cli.deployment.update",
            help="Change what a deployment is like.",
        ),
        Entry(
            name="pause", module="pacc.cli.deployment.pause", help="Let the schedules of a deployment rest."
        ),
        Entry(
            name="resume",
            module="pacc.cli.deployment.resume",
            help="Let the schedules of a deployment go on.",
        ),
        Entry(
            name="backfill",
            module="pacc.cli.deployment.backfill",
            help="Make the runs of times that lie in the past.",
        ),
        Entry(
            name="build",
            module="pacc.cli.deployment.build",
            help="Write the deployment of a flow into a file, as older programs do.",
        ),
        Entry(
            name="apply",
            module="pacc.cli.deployment.apply",
            help="Put deployments that build wrote into the store.",
        ),
        Entry(name="delete", module="pacc.cli.deployment.delete", help="Delete a deployment."),
        Entry(
            name="schedule",
            module="pacc.cli.deployment.schedule",
            help="See and change when a deployment runs by itself.",
            aliases=("schedules",),
        ),
    ),
)
