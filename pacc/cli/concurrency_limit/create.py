"""`pacc concurrency-limit create`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc._internal.counting import counted
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.concurrency_limit._tag import Tag
from pacc.schemas.concurrency import TAG_PREFIX
from pacc.services import concurrency_limits


def command(
    tag: Tag,
    concurrency_limit: Annotated[
        int, typer.Argument(metavar="COUNT", min=0, help="How many run at once.", show_default=False)
    ],
) -> None:
    """Limit how many task runs with a tag run at once; a limit the tag has already is changed."""
    made = concurrency_limits.put(
        open_for_command(reap=False), f"{TAG_PREFIX}{tag}", concurrency_limit, overwrite=True
    )
    runs = counted(made.limit, "task run")
    terminal.remark(f'At most {runs} tagged "{tag}" at once.')
