"""`pacc server services stop`."""

from __future__ import annotations

from pacc.cli.server.stop import command as stop


def command() -> None:
    """End the process that does all the housekeeping, as `pacc server stop` does."""
    stop()
