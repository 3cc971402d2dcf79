"""`pacc task`: background tasks, executed."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="task",
    help="Execute background tasks.",
    entries=(
        Entry(
            name="serve", module="pacc.cli.task.serve", help="Execute what is queued by .delay, until Ctrl-C."
        ),
    ),
)
