"""`pacc agent`: the older name of workers, which look into queues by their names."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="agent",
    help="Take the runs of work queues, in the older spelling of `pacc worker`.",
    entries=(
        Entry(
            name="start",
            module="pacc.cli.agent.start",
            help="Execute the runs of work queues as they come due.",
        ),
    ),
)
