"""`pacc task-run inspect`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import InBrowser, Output, TaskRunReference
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.task_runs import task_run_description
from pacc.services import task_runs


def command(run: TaskRunReference, *, web: InBrowser = False, output: Output = "table") -> None:
    """Show everything about a task run: where it stands, when it ran, what went into it."""
    del web
    store = open_for_command()
    found = task_runs.find(store, run)
    if output == "json":
        terminal.json(found)
        return
    description = task_run_description(
        found,
        datetime.now(UTC),
        history=task_runs.states(store, found.id),
        glyphs=terminal.glyphs,
    )
    terminal.description(description, output)
