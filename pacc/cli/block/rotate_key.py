"""`pacc block rotate-key`."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.services import encryption


def command(
    *,
    from_env: Annotated[
        str | None,
        typer.Option(
            "--from-env",
            metavar="NAME",
            help="Take the new key from this environment variable; set PACC_ENCRYPTION_KEY to it afterwards.",
        ),
    ] = None,
) -> None:
    """Encrypt the secrets of all blocks with a new key, all of them or none; a new one in the key file unless told."""
    key = None
    if from_env is not None:
        key = os.environ.get(from_env)
        if not key:
            raise UsageError(
                f'the environment variable "{from_env}" is not set', hint="pacc block rotate-key --help"
            )
    store = open_for_command(reap=False)
    count = encryption.rotate(store, key)
    held = "one block" if count == 1 else f"{count} blocks"
    terminal.remark(f"The secrets of {held} are encrypted with the new key.")
    if from_env is not None:
        terminal.remark(f"From now on PACC_ENCRYPTION_KEY has to be what {from_env} is.")
