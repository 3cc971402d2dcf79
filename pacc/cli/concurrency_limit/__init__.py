"""`pacc concurrency-limit`: how many task runs with a tag may run at once."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

_FOLDER = "pacc.cli.concurrency_limit"

group = LazyGroup(
    name="concurrency-limit",
    help="See and set how many task runs with a tag run at once.",
    entries=(
        Entry(name="create", module=f"{_FOLDER}.create", help="Limit the task runs with a tag."),
        Entry(name="delete", module=f"{_FOLDER}.delete", help="Delete the limit of a tag."),
        Entry(
            name="inspect", module=f"{_FOLDER}.inspect", help="Show a tag's limit and who holds its slots."
        ),
        Entry(name="ls", module=f"{_FOLDER}.ls", help="List the limits of tags."),
        Entry(name="reset", module=f"{_FOLDER}.reset", help="Take all its slots for free."),
    ),
)
