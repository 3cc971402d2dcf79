"""`pacc deployment schedule`: when a deployment runs by itself."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

_HERE = "pacc.cli.deployment.schedule"

group = LazyGroup(
    name="schedule",
    help="See and change when a deployment runs by itself.",
    entries=(
        Entry(name="create", module=f"{_HERE}.create", help="Give a deployment one more schedule."),
        Entry(name="delete", module=f"{_HERE}.delete", help="Delete a schedule."),
        Entry(name="pause", module=f"{_HERE}.pause", help="Let a schedule rest."),
        Entry(name="resume", module=f"{_HERE}.resume", help="Let a schedule go on."),
        Entry(name="ls", module=f"{_HERE}.ls", help="List the schedules of a deployment."),
        Entry(name="next", module=f"{_HERE}.next", help="Show when a deployment runs next."),
        Entry(name="clear", module=f"{_HERE}.clear", help="Delete all schedules of a deployment."),
    ),
)
