"""`pacc shell edit`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.shell._jobs import Job
from pacc.services import shell_queue


def command(
    run: Job,
    *,
    new_command: Annotated[
        str | None, typer.Option("--command", "-c", metavar="TEXT", help="What the shell is given instead.")
    ] = None,
    priority: Annotated[
        int | None,
        typer.Option("--priority", metavar="NUMBER", help="Of those that wait the highest goes first."),
    ] = None,
) -> None:
    """Give a command that waits, or was put aside, another text or another priority."""
    if new_command is None and priority is None:
        raise UsageError("say --command or --priority", hint="pacc shell edit --help")
    if new_command is not None and not new_command.strip():
        raise UsageError("a command needs a text", hint="pacc shell kill RUN takes it out of the queue")
    store = open_for_command()
    now = shell_queue.edit(store, shell_queue.find(store, run), command=new_command, priority=priority)
    terminal.remark(
        f'"{now.name}", with priority {shell_queue.priority_of(now)}: {now.parameters["command"]}'
    )
