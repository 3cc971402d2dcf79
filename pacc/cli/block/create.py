"""`pacc block create`: a form made from the fields of a type of block."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pacc.blocks.catalog import find_type
from pacc.cli import _form
from pacc.cli._exits import UsageError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.block.type._slug import TypeSlug
from pacc.presentation import block_forms
from pacc.presentation.block_fields import fields_of
from pacc.schemas.blocks import checked_name

if TYPE_CHECKING:
    from pacc.schemas.blocks import BlockType


def command(
    block_type: TypeSlug,
    *,
    name: Annotated[
        str | None, typer.Option("--name", "-n", metavar="NAME", help="The name to save it under.")
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--field",
            "-F",
            metavar="NAME=VALUE",
            help="A field: JSON, or a word that stands for itself. Repeat for more.",
        ),
    ] = None,
    field_from_env: Annotated[
        list[str] | None,
        typer.Option(
            "--field-from-env",
            metavar="NAME=VARIABLE",
            help="A field's value from an environment variable, for secrets.",
        ),
    ] = None,
    from_file: Annotated[
        Path | None,
        typer.Option(
            "--from-file", metavar="FILE", help="Fields from a JSON or YAML file; - is standard input."
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace one of that name.")] = False,
) -> None:
    """Configure a block and save it under a name. In a terminal each field that was not given is asked for."""
    store = open_for_command(reap=False)
    kind = find_type(store, block_type)
    fields = fields_of(block_forms.schema_of(store, kind))
    given = _form.Given(fields, store)
    if from_file is not None:
        given.take_file(from_file)
    given.take_words(field or ())
    given.take_environment(field_from_env or (), os.environ)
    if terminal.interactive and from_file is None:
        given.ask_for_the_rest()
    given.require_all()
    name = name if name is not None else _asked_name(kind)
    block_forms.save(store, kind, checked_name(name), given.values, overwrite=overwrite)
    terminal.remark(f'Saved block "{kind.slug}/{name}".')


def _asked_name(kind: BlockType) -> str:
    if not terminal.interactive:
        raise UsageError("the block needs a name", hint=f"pacc block create {kind.slug} --name NAME")
    return _form.ask_until("Name: ", checked_name)  # type: ignore[no-any-return]
