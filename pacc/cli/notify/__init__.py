"""`pacc notify`: who is told what became of flow runs."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="notify",
    help="Have somebody told what became of flow runs.",
    entries=(
        Entry(name="add", module="pacc.cli.notify.add", help="Tell somebody of states of flow runs."),
        Entry(name="delete", module="pacc.cli.notify.delete", help="Remove a subscription."),
        Entry(name="ls", module="pacc.cli.notify.ls", help="List subscriptions, and what became of them."),
        Entry(name="pause", module="pacc.cli.notify.pause", help="Tell a subscription nothing for now."),
        Entry(name="resume", module="pacc.cli.notify.resume", help="Tell a paused subscription again."),
        Entry(name="test", module="pacc.cli.notify.test", help="Send a trial message now."),
    ),
)
