"""`pacc server`: one process that keeps house, for people who want one place for it."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="server",
    help="Keep house in a process of its own; nothing else needs it.",
    entries=(
        Entry(name="start", module="pacc.cli.server.start", help="Keep house until it is told to stop."),
        Entry(name="status", module="pacc.cli.server.status", help="Say whether the server runs."),
        Entry(name="stop", module="pacc.cli.server.stop", help="End the server."),
        Entry(
            name="database",
            module="pacc.cli.server.database",
            help="Empty the store, or change the version of its schema.",
        ),
        Entry(
            name="services",
            module="pacc.cli.server.services",
            help="See the pieces of housekeeping and who does them.",
        ),
    ),
)
