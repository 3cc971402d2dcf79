"""`pacc cache`: why results were reused, or not."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="cache",
    help="See why the results of tasks were reused, or not.",
    entries=(
        Entry(name="explain", module="pacc.cli.cache.explain", help="Say why a task run was cached, or not."),
    ),
)
