"""`pacc db`: care of the store's file."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="db",
    help="Look after the store: how big it is, copies, room, old runs.",
    entries=(
        Entry(name="backup", module="pacc.cli.db.backup", help="Copy the store into one file."),
        Entry(name="check", module="pacc.cli.db.check", help="Read every page of the store."),
        Entry(name="prune", module="pacc.cli.db.prune", help="Delete runs that ended long ago."),
        Entry(name="restore", module="pacc.cli.db.restore", help="Put a copy in the place of the store."),
        Entry(name="stats", module="pacc.cli.db.stats", help="Show what the store holds and how big it is."),
        Entry(name="vacuum", module="pacc.cli.db.vacuum", help="Give unused room back to the system."),
    ),
)
