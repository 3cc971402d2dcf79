"""`pacc shell group ls`."""

from __future__ import annotations

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.shell_queue import group_table
from pacc.services import shell_queue


def command(*, output: Output = "table") -> None:
    """List the groups of the shell queue, with how many commands run and wait."""
    store = open_for_command()
    groups, jobs = shell_queue.groups(store), shell_queue.jobs(store)
    if output == "json":
        terminal.json(groups)
    else:
        terminal.table(group_table(groups, jobs), output)
