"""`pacc global-concurrency-limit inspect`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pacc.cli._exits import CommandError
from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.global_concurrency_limit._options import LimitName
from pacc.cli.global_concurrency_limit._shown import limit_json, show_limit


def command(
    name: LimitName,
    *,
    output: Output = "table",
    file: Annotated[
        Path | None, typer.Option("--file", "-f", metavar="FILE", help="Write it into this file, as JSON.")
    ] = None,
) -> None:
    """Show a concurrency limit and who holds its slots."""
    store = open_for_command()
    if file is None:
        show_limit(store, name, output)
        return
    text = limit_json(store, name)
    try:
        file.write_text(f"{text}\n")
    except OSError as error:
        raise CommandError(f'cannot write "{file}": {error.strerror}') from error
    terminal.remark(f'Wrote the concurrency limit "{name}" into "{file}".')
