"""`pacc plugins`: what installed packages bring."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="plugins",
    help="See what installed packages bring, and what keeps them from it.",
    entries=(
        Entry(
            name="diagnose",
            module="pacc.cli.plugins.diagnose",
            help="Load what installed packages name, and say what became of it.",
        ),
    ),
)
