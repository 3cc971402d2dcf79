"""`pacc worker`: processes that take the runs of a work pool."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="worker",
    help="Take the runs of a work pool.",
    entries=(
        Entry(
            name="start",
            module="pacc.cli.worker.start",
            help="Execute the runs of a work pool as they come due.",
        ),
    ),
)
