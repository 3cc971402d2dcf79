"""`pacc backfill`: runs for times that lie in the past, as far as they are."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="backfill",
    help="See and cancel backfills, runs for times that lie in the past.",
    entries=(
        Entry(name="cancel", module="pacc.cli.backfill.cancel", help="Make no more runs of a backfill."),
        Entry(name="inspect", module="pacc.cli.backfill.inspect", help="Show how far a backfill is."),
        Entry(name="ls", module="pacc.cli.backfill.ls", help="List backfills, the newest first."),
    ),
)
