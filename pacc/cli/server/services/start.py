"""`pacc server services start`."""

from __future__ import annotations

from pacc.cli.server.start import Background
from pacc.cli.server.start import command as start


def command(*, background: Background = False) -> None:
    """Do all the housekeeping in a process of its own, as `pacc server start` does."""
    start(background=background)
