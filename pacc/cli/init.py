"""`pacc init`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli._terminal import terminal


def command(
    *,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="The project's name; the folder's otherwise.")
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            "--recipe",
            metavar="local|git",
            help="Runs get their code from this folder, or from a repository.",
        ),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--field",
            "-f",
            metavar="NAME=VALUE",
            help="A field of the recipe: repository=URL, branch=main, directory=/srv.",
        ),
    ] = None,
) -> None:
    """Write a pacc.yaml for this folder, which says what pacc deploy deploys from it."""
    from pacc.deployments.base import initialize_project  # start-up: help needs none of it

    inputs = dict(_parted(each) for each in field or ())
    made = initialize_project(name, recipe, inputs)
    if made:
        terminal.remark(f"Wrote {made[0]}. Name a flow and a work pool in it, then: pacc deploy")
    else:
        terminal.remark("This folder has its pacc.yaml or prefect.yaml already; nothing was written.")


def _parted(word: str) -> tuple[str, str]:
    name, separator, value = word.partition("=")
    if not separator:
        raise UsageError(f'--field takes NAME=VALUE, not "{word}"')
    return name, value
