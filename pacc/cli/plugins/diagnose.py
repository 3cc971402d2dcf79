"""`pacc plugins diagnose`."""

from __future__ import annotations

from pacc.cli._options import Output
from pacc.cli._terminal import terminal
from pacc.presentation.plugins import plugin_table
from pacc.workers.types import installed


def command(*, output: Output = "table") -> None:
    """Load what installed packages name in the entry points pacc.workers and pacc.collections, and say what became of it.

    A package brings types of workers and blocks this way; pacc's own, and blocks that were registered, need none.
    """
    found = installed()
    if output == "json":
        terminal.json(found)
    else:
        terminal.table(plugin_table(found), output, empty="no installed package brings anything to pacc")
