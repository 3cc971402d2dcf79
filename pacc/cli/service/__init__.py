"""`pacc service`: what starts with the machine."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="service",
    help="Have a script that serves, or the housekeeping, start with the machine.",
    entries=(
        Entry(name="install", module="pacc.cli.service.install", help="Start something with the machine."),
        Entry(name="status", module="pacc.cli.service.status", help="Show what starts with the machine."),
        Entry(name="uninstall", module="pacc.cli.service.uninstall", help="Start it no more."),
    ),
)
