"""What the commands of webhooks share: how one is named, where templates and secrets come from, what is shown of one."""

from __future__ import annotations

import os
from typing import Annotated, Any, Literal

import typer

from pacc.cli._exits import CommandError, UsageError, unreadable
from pacc.cli._terminal import terminal
from pacc.loops import server
from pacc.schemas.webhooks import Authentication, Webhook
from pacc.services import webhooks
from pacc.settings import get_current_settings

Reference = Annotated[str, typer.Argument(metavar="WEBHOOK", help="A name, an id or the beginning of one.")]
Description = Annotated[
    str | None, typer.Option("--description", "-d", metavar="TEXT", help="What it is for.")
]
Template = Annotated[
    str | None,
    typer.Option(
        "--template",
        "-t",
        metavar="TEMPLATE",
        help="A Jinja template that makes the JSON of an event; @FILE reads it from a file, - from standard input.",
    ),
]
Auth = Annotated[
    Literal["none", "token", "signature"] | None,
    typer.Option(
        "--auth",
        metavar="KIND",
        case_sensitive=False,
        help="What a caller shows besides knowing the address: none, token or signature.",
    ),
]
FromEnv = Annotated[
    str | None,
    typer.Option(
        "--from-env",
        metavar="NAME",
        help="The environment variable that holds the token or secret; a new one is made unless given.",
    ),
]


def template_of(word: str | None) -> str | None:
    """Return the template that an option names.

    Raises:
        CommandError: its file cannot be read.
    """
    if word == "-":
        return terminal.input()
    if word is None or not word.startswith("@"):
        return word
    path = os.path.expanduser(word[1:])
    try:
        with open(path, encoding="utf-8") as opened:
            return opened.read()
    except OSError as error:
        raise unreadable(path, error) from None
    except UnicodeDecodeError:
        raise CommandError(f"{path} is no text", code="unreadable") from None


def secret_of(auth: Authentication | None, from_env: str | None) -> str | None:
    """Return the secret that the options of a command mean, a new one unless a variable is named.

    Raises:
        UsageError: they do not go together, or the variable is not set.
    """
    if auth in (None, "none"):
        if from_env is not None:
            raise UsageError("--from-env names a secret: say --auth token or --auth signature with it")
        return None
    if from_env is None:
        return webhooks.new_secret()
    secret = os.environ.get(from_env)
    if not secret:
        raise UsageError(f"the environment variable {from_env} is not set")
    return secret


def url_of(webhook: Webhook) -> str:
    """Return the address of a webhook: at the server that runs, or else at the one the settings speak of."""
    settings = get_current_settings()
    running = (server.running(settings.home) or {}).get("url")
    host, port = settings.server.api.host, settings.server.api.port
    within = f"[{host}]" if ":" in host else host
    return f"{running or f'http://{within}:{port}'}/hooks/{webhook.slug}"


def shown(webhook: Webhook, secret: str | None = None) -> dict[str, Any]:
    """Return a webhook as -o json shows it, with its address, and its secret where it was just made."""
    from pacc.schemas.plain import plain_data  # start-up: only for -o json

    told: dict[str, Any] = {**plain_data(webhook), "url": url_of(webhook)}
    return told if secret is None else {**told, "secret": secret}


def tell_secret(webhook: Webhook, secret: str | None) -> None:
    """Show a secret that was just made: it is encrypted, and not shown again."""
    if secret is not None:
        terminal.line(f"Secret: {secret}")
        word = "Authorization: Bearer SECRET" if webhook.authentication == "token" else "X-Hub-Signature-256"
        terminal.remark(f"Callers show it in {word}. It is not shown again.")


def tell_how_to_serve() -> None:
    """Say what is missing for webhooks to be called."""
    from importlib.util import find_spec  # start-up: only where one is made

    if any(find_spec(package) is None for package in ("starlette", "uvicorn")):
        terminal.remark("The server answers webhooks with an extra: `pip install 'pacc[server]'`")
    if server.running(get_current_settings().home) is None:
        terminal.remark("It answers while the server runs: `pacc server start`")
