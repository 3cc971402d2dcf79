"""`pacc db`: care of the store's file."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="db",
    help="Copy the store, or bring a copy back.",
    entries=(
        Entry(name="backup", module="pacc.cli.db.backup", help="Copy the store into one file."),
        Entry(name="restore", module="pacc.cli.db.restore", help="Put a copy in the place of the store."),
    ),
)
