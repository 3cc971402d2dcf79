"""What the commands of the shell queue share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pacc.cli._options import FlowRunReference
from pacc.cli._terminal import terminal
from pacc.schemas.shell_queue import POOL
from pacc.services import shell_queue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pacc.schemas.flow_runs import FlowRun
    from pacc.store import Store

Job = FlowRunReference

Jobs = Annotated[
    list[str],
    typer.Argument(
        metavar="RUN...", help="Names, ids or beginnings of ids, @last or @failed.", show_default=False
    ),
]

Group = Annotated[
    str | None, typer.Option("--group", "-g", metavar="GROUP", help="Only those of this group.")
]

Start = Annotated[
    bool,
    typer.Option(
        "--start/--no-start", help="Start a process that executes the queue, where none does, or leave that."
    ),
]

Parallel = Annotated[
    int,
    typer.Option("--parallel", "-p", min=1, metavar="COUNT", help="How many of its commands run at once."),
]


def found(store: Store, references: Iterable[str]) -> list[FlowRun]:
    """Return the jobs people mean, all of them or none.

    Raises:
        ObjectNotFound: one of them is none.
    """
    return [shell_queue.find(store, reference) for reference in references]


def have_executed(store: Store, *, start: bool) -> None:
    """See to it that somebody executes the queue, or say that nobody does."""
    if start:
        from pacc.workers.shell_queue import attend  # start-up: workers are heavy

        attend(store)
    elif not shell_queue.is_attended(store):
        terminal.remark(f"Nobody executes the queue now: pacc worker start --pool {POOL}")
