"""`pacc task-run logs`."""

from __future__ import annotations

from pacc.cli._logs import head_and_tail, write_logs
from pacc.cli._options import Head, Lines, Output, Reverse, Tail, TaskRunReference
from pacc.cli._store import open_for_command
from pacc.services import logs, task_runs


def command(
    run: TaskRunReference,
    *,
    head: Head = False,
    num_logs: Lines = None,
    reverse: Reverse = False,
    tail: Tail = False,
    output: Output = "table",
) -> None:
    """Show what a task run logged, oldest line first."""
    first, last = head_and_tail(head=head, tail=tail, count=num_logs)
    store = open_for_command()
    found = task_runs.find(store, run)
    lines = logs.read(
        store,
        found.flow_run_id or found.id,
        task_run_id=found.id,
        head=first,
        tail=last,
        reverse=reverse,
    )
    write_logs(lines, "", output)
