"""`pacc shell add`."""

from __future__ import annotations

import os
import shlex
from typing import Annotated

import typer

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.shell._jobs import Start, have_executed
from pacc.schemas.choices import DEFAULT_QUEUE
from pacc.services import flow_runs, shell_queue


def command(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="-- COMMAND...",
            help="What the shell is given: one text in quotes, or words as they are.",
            show_default=False,
        ),
    ],
    *,
    group: Annotated[
        str, typer.Option("--group", "-g", metavar="GROUP", help="The group it waits in.")
    ] = DEFAULT_QUEUE,
    after: Annotated[
        list[str] | None,
        typer.Option("--after", "-a", metavar="RUN", help="A run that must complete first; repeat for more."),
    ] = None,
    priority: Annotated[
        int, typer.Option("--priority", metavar="NUMBER", help="Of those that wait the highest goes first.")
    ] = 0,
    retries: Annotated[
        int, typer.Option("--retries", min=0, metavar="COUNT", help="Try it so often again if it fails.")
    ] = 0,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", min=0.001, metavar="SECONDS", help="End a try that takes longer."),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", "-n", metavar="NAME", help="What its run is called.")
    ] = None,
    start: Start = True,
    output: Output = "table",
) -> None:
    """Put a shell command into the queue, to be run in this folder and environment; prints the id of its run.

    pacc shell add -- make test

    pacc shell add --after @last 'make dist | tee dist.log'
    """
    store = open_for_command()
    added = shell_queue.add(
        store,
        words[0] if len(words) == 1 else shlex.join(words),
        folder=os.getcwd(),
        environment=os.environ,
        group=group,
        after=[flow_runs.find(store, each).id for each in after or ()],
        priority=priority,
        retries=retries,
        timeout_seconds=timeout,
        name=name,
    )
    if output == "json":
        terminal.json(added)
    else:
        terminal.line(str(added.id))
    terminal.remark(f'Added "{added.name}" to the group "{group}".')
    have_executed(store, start=start)
