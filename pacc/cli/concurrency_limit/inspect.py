"""`pacc concurrency-limit inspect`."""

from __future__ import annotations

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli.concurrency_limit._tag import Tag
from pacc.cli.global_concurrency_limit._shown import show_limit
from pacc.schemas.concurrency import TAG_PREFIX


def command(tag: Tag, *, output: Output = "table") -> None:
    """Show the limit of a tag and which task runs hold its slots."""
    show_limit(open_for_command(), f"{TAG_PREFIX}{tag}", output)
