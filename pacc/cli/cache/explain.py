"""`pacc cache explain`."""

from __future__ import annotations

from pacc.cli._options import Output, TaskRunReference
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.explanations import explanation_lines
from pacc.services import task_runs
from pacc.services.explaining import why_cached


def command(run: TaskRunReference, *, output: Output = "table") -> None:
    """Say why a task run's result came from the cache, under which key and from which run; or why it did not."""
    store = open_for_command(reap=False)
    found = why_cached(store, task_runs.find(store, run))
    if output == "json":
        terminal.json(found)
        return
    for line in explanation_lines(found):
        terminal.line(line)
