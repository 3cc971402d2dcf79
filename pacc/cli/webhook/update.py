"""`pacc webhook update`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.webhook._words import (
    Auth,
    Description,
    FromEnv,
    Reference,
    Template,
    secret_of,
    tell_secret,
    template_of,
)
from pacc.schemas.webhooks import WebhookUpdate
from pacc.services import webhooks

NewName = Annotated[
    str | None, typer.Option("--name", "-n", metavar="NAME", help="What it is called from now on.")
]


def command(
    webhook: Reference,
    *,
    name: NewName = None,
    description: Description = None,
    template: Template = None,
    auth: Auth = None,
    from_env: FromEnv = None,
) -> None:
    """Change a webhook; what is not given stays. Its address is changed by `pacc webhook rotate`."""
    if all(each is None for each in (name, description, template, auth)):
        raise UsageError("say what is to change: --name, --description, --template or --auth")
    secret = secret_of(auth, from_env)
    store = open_for_command(reap=False)
    found = webhooks.find(store, webhook)
    wanted = WebhookUpdate(name=name, description=description, template=template_of(template))
    changed = webhooks.update(store, found.id, wanted)
    if auth is not None:
        changed = webhooks.authenticate(store, found.id, auth, secret)
    terminal.remark(f'Updated webhook "{changed.name}".')
    tell_secret(changed, None if from_env else secret)
