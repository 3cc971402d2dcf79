"""`pacc service status`."""

from __future__ import annotations

from pacc import at_boot
from pacc.cli._options import Output
from pacc.cli._terminal import terminal
from pacc.presentation.at_boot import installed_table


def command(*, output: Output = "table") -> None:
    """Show what starts with the machine, and whether it runs."""
    found = at_boot.installed()
    if output == "json":
        terminal.json(found)
        return
    terminal.table(installed_table(found), output, empty="nothing of pacc starts with the machine")
