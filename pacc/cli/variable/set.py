"""`pacc variable set`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli._values import json_or_word
from pacc.cli.variable._name import VariableName
from pacc.services import variables


def command(
    name: VariableName,
    value: Annotated[
        str,
        typer.Argument(
            metavar="VALUE",
            help="JSON, or a word that stands for itself: 42, true, '{\"a\": 1}', ford; - reads it from standard input.",
            show_default=False,
        ),
    ],
    *,
    overwrite: Annotated[
        bool, typer.Option("--overwrite/--no-overwrite", help="Set it anew if it is there already.")
    ] = False,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", metavar="TAG", help="Give it this tag; repeat for more.")
    ] = None,
) -> None:
    """Set a variable."""
    held = json_or_word(terminal.input() if value == "-" else value)
    variables.put(open_for_command(reap=False), name, held, tags=tag, overwrite=overwrite)
    terminal.remark(f'Set variable "{name}".')
