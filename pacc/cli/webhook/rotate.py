"""`pacc webhook rotate`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.webhook._words import FromEnv, Reference, secret_of, tell_secret, url_of
from pacc.services import webhooks

Secret = Annotated[
    bool, typer.Option("--secret", help="Another token or secret, at the same address, instead.")
]


def command(
    webhook: Reference, *, secret: Secret = False, from_env: FromEnv = None, yes: Yes = False
) -> None:
    """Give a webhook another address; nobody is answered at the old one any more."""
    if from_env is not None and not secret:
        raise UsageError("--from-env names a secret: say --secret with it")
    store = open_for_command(reap=False)
    found = webhooks.find(store, webhook)
    what = "secret" if secret else "address"
    if secret and found.authentication == "none":
        raise UsageError(
            f'callers of "{found.name}" show no secret',
            hint=f'pacc webhook update "{found.name}" --auth token',
        )
    if not yes and not terminal.confirm(
        f'Give "{found.name}" another {what}, so that the old one is no use?'
    ):
        terminal.remark("Nothing was changed.")
        raise typer.Exit(1)
    if not secret:
        terminal.line(url_of(webhooks.rotate(store, found.id)))
        return
    new = secret_of(found.authentication, from_env)
    changed = webhooks.authenticate(store, found.id, found.authentication, new)
    terminal.remark(f'"{found.name}" has another secret.')
    tell_secret(changed, None if from_env else new)
