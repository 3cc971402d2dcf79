"""`pacc concurrency-limit delete`."""

from __future__ import annotations

from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.concurrency_limit._tag import Tag
from pacc.schemas.concurrency import TAG_PREFIX
from pacc.services import concurrency_limits


def command(tag: Tag, *, yes: Yes = False) -> None:
    """Delete the limit of a tag; the task runs that hold its slots go on."""
    store = open_for_command(reap=False)
    found = concurrency_limits.read(store, f"{TAG_PREFIX}{tag}")
    if not yes and not terminal.confirm(f'Delete the concurrency limit of the tag "{tag}"?'):
        raise CommandError("nothing was deleted", code="declined")
    concurrency_limits.remove(store, found.name)
    terminal.remark(f'Deleted the concurrency limit of the tag "{tag}".')
