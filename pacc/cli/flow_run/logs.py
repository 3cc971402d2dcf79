"""`pacc flow-run logs`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli._logs import head_and_tail, write_logs
from pacc.cli._options import FlowRunReference, Head, Lines, Output, Reverse, Tail
from pacc.cli._store import Ended, open_for_command
from pacc.services import flow_runs, logs


def command(
    run: FlowRunReference,
    *,
    head: Head = False,
    num_logs: Lines = None,
    reverse: Reverse = False,
    tail: Tail = False,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with new lines until the run ends.")
    ] = False,
    output: Output = "table",
) -> None:
    """Show what a flow run and its task runs logged, oldest line first."""
    first, last = head_and_tail(head=head, tail=tail, count=num_logs)
    if follow and (reverse or head):
        raise UsageError("--follow shows lines as they come, so neither --head nor --reverse goes with it")
    store = open_for_command()
    found = flow_runs.find(store, run)
    if follow:
        kept = last if last is not None else num_logs
        lines = logs.follow(store, found.id, tail=kept, finished=Ended(store, found.id))
        write_logs(lines, found.name, output, stream=True)
    elif first is last is None and not reverse:
        # The whole log, which may be larger than memory: followed, but not waited for.
        write_logs(logs.follow(store, found.id, finished=lambda: True), found.name, output)
    else:
        part = logs.read(store, found.id, head=first, tail=last, reverse=reverse)
        write_logs(part, found.name, output)
