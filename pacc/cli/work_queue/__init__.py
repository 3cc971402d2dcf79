"""`pacc work-queue`: the rows in which the runs of a work pool wait."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

_FOLDER = "pacc.cli.work_queue"

group = LazyGroup(
    name="work-queue",
    help="See, make, order, limit and pause work queues.",
    entries=(
        Entry(name="create", module=f"{_FOLDER}.create", help="Make a work queue."),
        Entry(
            name="set-concurrency-limit",
            module=f"{_FOLDER}.set_concurrency_limit",
            help="Limit how many runs of a work queue are open at once.",
        ),
        Entry(
            name="clear-concurrency-limit",
            module=f"{_FOLDER}.clear_concurrency_limit",
            help="Take the limit of a work queue away.",
        ),
        Entry(
            name="set-priority",
            module=f"{_FOLDER}.set_priority",
            help="Give a work queue another place among those of its pool.",
        ),
        Entry(name="pause", module=f"{_FOLDER}.pause", help="Let the runs of a work queue wait."),
        Entry(name="resume", module=f"{_FOLDER}.resume", help="Let the runs of a work queue go on."),
        Entry(name="inspect", module=f"{_FOLDER}.inspect", help="Show a work queue."),
        Entry(
            name="slots", module=f"{_FOLDER}.slots", help="Show which runs take the places of a work queue."
        ),
        Entry(name="ls", module=f"{_FOLDER}.ls", help="List work queues in the order they are looked into."),
        Entry(
            name="preview", module=f"{_FOLDER}.preview", help="List the runs that come next in a work queue."
        ),
        Entry(name="delete", module=f"{_FOLDER}.delete", help="Delete a work queue."),
        Entry(
            name="read-runs", module=f"{_FOLDER}.read_runs", help="List the runs that wait in a work queue."
        ),
    ),
)
