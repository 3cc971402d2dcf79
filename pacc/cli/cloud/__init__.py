"""`pacc cloud`: Prefect's commands for its hosted service, which here are about this machine, or say what to do instead."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="cloud",
    help="What Prefect has accounts for, as far as one machine has it.",
    entries=(
        Entry(name="login", module="pacc.cli.cloud.login", help="Say where the store is; nobody logs in."),
        Entry(name="logout", module="pacc.cli.cloud.logout", help="Say that nobody is logged in."),
        Entry(
            name="workspace",
            module="pacc.cli.cloud.workspace",
            help="See and choose profiles, which are here what workspaces are there.",
            aliases=("workspaces",),
        ),
        Entry(
            name="webhook",
            module="pacc.cli.webhook",
            help="See, make and change webhooks, as `pacc webhook` does.",
            aliases=("webhooks",),
        ),
        Entry(
            name="asset",
            module="pacc.cli.cloud.asset",
            help="See and forget assets, as `pacc asset` does.",
            aliases=("assets",),
        ),
        Entry(
            name="ip-allowlist",
            module="pacc.cli.cloud.ip_allowlist",
            help="Say why there is no list of addresses.",
            aliases=("ip-allowlists",),
        ),
    ),
)
