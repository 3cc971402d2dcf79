"""`pacc events`: what happened."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="events",
    help="See and follow what happens, and say what did.",
    entries=(
        Entry(name="emit", module="pacc.cli.events.emit", help="Say that something happened."),
        Entry(name="ls", module="pacc.cli.events.ls", help="List events, the latest first."),
        Entry(name="stream", module="pacc.cli.events.stream", help="Follow events as they happen."),
    ),
)
