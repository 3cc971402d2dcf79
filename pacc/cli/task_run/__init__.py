"""`pacc task-run`: the task runs inside flow runs, and those outside."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="task-run",
    help="See task runs, their logs and how they ended.",
    entries=(
        Entry(name="inspect", module="pacc.cli.task_run.inspect", help="Show everything about a task run."),
        Entry(name="ls", module="pacc.cli.task_run.ls", help="List task runs, the newest first."),
        Entry(name="logs", module="pacc.cli.task_run.logs", help="Show what a task run logged."),
    ),
)
