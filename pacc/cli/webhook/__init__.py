"""`pacc webhook`: addresses whose calls become events."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="webhook",
    help="See, make and change webhooks: addresses whose calls become events.",
    entries=(
        Entry(name="create", module="pacc.cli.webhook.create", help="Make a webhook."),
        Entry(name="delete", module="pacc.cli.webhook.delete", help="Delete a webhook."),
        Entry(name="get", module="pacc.cli.webhook.get", help="Show a webhook and what became of its calls."),
        Entry(name="ls", module="pacc.cli.webhook.ls", help="List webhooks by name."),
        Entry(
            name="rotate", module="pacc.cli.webhook.rotate", help="Give a webhook another address, or secret."
        ),
        Entry(name="toggle", module="pacc.cli.webhook.toggle", help="Switch a webhook off, or on again."),
        Entry(name="update", module="pacc.cli.webhook.update", help="Change a webhook's name, template, ..."),
    ),
)
