"""`pacc concurrency-limit reset`."""

from __future__ import annotations

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.concurrency_limit._tag import Tag
from pacc.schemas.concurrency import TAG_PREFIX
from pacc.services import concurrency_limits


def command(tag: Tag) -> None:
    """Take all slots of a tag's limit for free; the task runs that hold them go on, so more may run for a while."""
    concurrency_limits.update(open_for_command(reap=False), f"{TAG_PREFIX}{tag}", active_slots=0)
    terminal.remark(f'All slots of the tag "{tag}" count as free.')
