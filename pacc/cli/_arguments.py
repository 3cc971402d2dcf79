"""Arguments of flows as options: `--param` and `--params`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pacc.cli._terminal import terminal
from pacc.cli._values import json_object, named_values

if TYPE_CHECKING:
    from collections.abc import Iterable

_PARAM = {
    "metavar": "NAME=VALUE",
    "help": "An argument; the value is JSON or a word. Repeat for more.",
}

Param = Annotated[list[str] | None, typer.Option("--param", "-p", **_PARAM)]

LongParam = Annotated[list[str] | None, typer.Option("--param", **_PARAM)]
"""The same, where `-p` means something else."""

Params = Annotated[
    str | None,
    typer.Option(
        "--params", metavar="JSON", help="Arguments as a JSON object; - reads it from standard input."
    ),
]


def whole_arguments(params: str | None) -> dict[str, Any]:
    """Return what `--params` says, nothing where it is not there.

    Raises:
        UsageError: it is no JSON object.

    >>> whole_arguments('{"city": "Ulm"}'), whole_arguments(None)
    ({'city': 'Ulm'}, {})
    """
    if params is None:
        return {}
    return json_object(terminal.input() if params == "-" else params, "--params")


def arguments(param: Iterable[str] | None, params: str | None) -> dict[str, Any]:
    """Return the arguments both options give; one that stands alone counts before the whole.

    Raises:
        UsageError: `params` is no JSON object, or one of `param` no `NAME=VALUE`.

    >>> arguments(["days=3"], '{"city": "Ulm", "days": 1}')
    {'city': 'Ulm', 'days': 3}
    """
    return {**whole_arguments(params), **named_values(param or (), "--param")}
