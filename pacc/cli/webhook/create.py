"""`pacc webhook create`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.webhook._words import (
    Auth,
    Description,
    FromEnv,
    Template,
    secret_of,
    shown,
    tell_how_to_serve,
    tell_secret,
    template_of,
    url_of,
)
from pacc.services import webhooks

Name = Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")]


def command(
    name: Name,
    *,
    description: Description = "",
    template: Template = None,
    auth: Auth = None,
    from_env: FromEnv = None,
    output: Output = "table",
) -> None:
    """Make a webhook: an address whose calls become events. Without a template the event holds what was sent."""
    secret = secret_of(auth, from_env)
    store = open_for_command(reap=False)
    made = webhooks.create(
        store,
        name,
        description=description or "",
        template=template_of(template),
        authentication=auth or "none",
        secret=secret,
    )
    new = None if from_env else secret
    if output == "json":
        terminal.json(shown(made, new))
        return
    terminal.line(url_of(made) if output == "plain" else f'Created webhook "{made.name}" at {url_of(made)}')
    tell_secret(made, new)
    tell_how_to_serve()
