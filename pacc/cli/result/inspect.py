"""`pacc result inspect`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.result._reference import ResultReference
from pacc.presentation.results import result_description
from pacc.services import results


def command(
    key: ResultReference,
    *,
    value: Annotated[
        bool, typer.Option("--value", help="Load the value and show it, if it is as it was written.")
    ] = False,
    output: Output = "table",
) -> None:
    """Show everything about a kept result: whose it is, where it lies, how it was written."""
    store = open_for_command(reap=False)
    found = results.find(store, key)
    if output == "json" and not value:
        terminal.json(found)
        return
    shown = None
    if value:
        from pacc.results import value_of  # start-up: the facts need no serializer

        shown = repr(value_of(store, found))
    if output == "json":
        terminal.json({"key": found.key, "value": shown})
        return
    terminal.description(result_description(found, datetime.now(UTC), value=shown), output)
