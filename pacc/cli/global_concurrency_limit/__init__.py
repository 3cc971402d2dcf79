"""`pacc global-concurrency-limit`: how much may go on at once, in all processes."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

_FOLDER = "pacc.cli.global_concurrency_limit"

group = LazyGroup(
    name="global-concurrency-limit",
    help="See and set limits on how much goes on at once.",
    entries=(
        Entry(name="create", module=f"{_FOLDER}.create", help="Make a concurrency limit."),
        Entry(name="delete", module=f"{_FOLDER}.delete", help="Delete a concurrency limit."),
        Entry(name="disable", module=f"{_FOLDER}.disable", help="Let everyone through a concurrency limit."),
        Entry(name="enable", module=f"{_FOLDER}.enable", help="Let a concurrency limit count again."),
        Entry(name="inspect", module=f"{_FOLDER}.inspect", help="Show a limit and who holds its slots."),
        Entry(name="ls", module=f"{_FOLDER}.ls", help="List concurrency limits by name."),
        Entry(name="update", module=f"{_FOLDER}.update", help="Change a concurrency limit."),
    ),
)
