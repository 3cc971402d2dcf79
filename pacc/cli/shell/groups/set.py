"""`pacc shell group set`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.services import shell_queue


def command(
    group: Annotated[str, typer.Argument(metavar="GROUP", help="Which one.", show_default=False)],
    *,
    parallel: Annotated[
        int | None,
        typer.Option(
            "--parallel", "-p", min=1, metavar="COUNT", help="How many of its commands run at once."
        ),
    ] = None,
    paused: Annotated[
        bool | None,
        typer.Option(
            "--pause/--resume", help="Let those that wait go on waiting, or run again.", show_default=False
        ),
    ] = None,
) -> None:
    """Change how many commands of a group run at once, or pause it; those that run go on."""
    if parallel is None and paused is None:
        raise UsageError("say --parallel, --pause or --resume", hint="pacc shell group set --help")
    now = shell_queue.set_group(open_for_command(reap=False), group, parallel=parallel, paused=paused)
    limit = "any number" if now.concurrency_limit is None else now.concurrency_limit
    terminal.remark(f'The group "{now.name}": {limit} at once' + (", paused." if now.is_paused else "."))
