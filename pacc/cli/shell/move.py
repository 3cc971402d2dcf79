"""`pacc shell move`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.shell._jobs import Job
from pacc.services import shell_queue


def command(
    run: Job,
    where: Annotated[
        Literal["up", "down", "first", "last"],
        typer.Argument(
            metavar="WHERE", help="up or down by one, first or last of those that wait.", show_default=False
        ),
    ],
) -> None:
    """Have a command that waits run earlier or later than others of its group: their priorities become others."""
    store = open_for_command()
    job = shell_queue.find(store, run)
    passed = shell_queue.move(store, job, where)
    goes = "before" if where in ("up", "first") else "behind"
    terminal.remark(f'"{job.name}" runs {goes} "{passed}".' if passed else f'"{job.name}" is there already.')
