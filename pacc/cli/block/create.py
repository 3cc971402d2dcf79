"""`pacc block create`: a form made from the fields of a type of block."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pacc.blocks import registry
from pacc.blocks.catalog import find_type
from pacc.cli import _form
from pacc.cli._exits import CommandError, UsageError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.block.type._slug import TypeSlug
from pacc.presentation.block_fields import fields_of, fits
from pacc.schemas.blocks import checked_name
from pacc.services import block_types, blocks

if TYPE_CHECKING:
    from pacc.schemas.blocks import BlockType
    from pacc.store import Store


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
    fields = fields_of(_schema_fields(store, kind))
    given = _form.Given(fields, store)
    if from_file is not None:
        given.take_file(from_file)
    given.take_words(field or ())
    given.take_environment(field_from_env or (), os.environ)
    if terminal.interactive and from_file is None:
        given.ask_for_the_rest()
    given.require_all()
    name = name if name is not None else _asked_name(kind)
    _save(store, kind, checked_name(name), given.values, overwrite=overwrite)
    terminal.remark(f'Saved block "{kind.slug}/{name}".')


def _schema_fields(store: Store, kind: BlockType) -> dict[str, Any]:
    found = registry.loaded(kind.slug)
    if found is not None:
        return dict(found.registration().fields)
    schemas = block_types.select_schemas(store, kind.id)
    if not schemas:
        raise CommandError(
            f'nothing is known of the fields of "{kind.slug}"', hint="pacc block register --help"
        )
    return schemas[0].fields


def _asked_name(kind: BlockType) -> str:
    if not terminal.interactive:
        raise UsageError("the block needs a name", hint=f"pacc block create {kind.slug} --name NAME")
    return _form.ask_until("Name: ", checked_name)  # type: ignore[no-any-return]


def _save(store: Store, kind: BlockType, name: str, values: dict[str, Any], *, overwrite: bool) -> None:
    """The class has the last word on its fields; where it is not loaded, the schema it was registered with has."""
    found = registry.loaded(kind.slug)
    if found is None:
        schema = block_types.select_schemas(store, kind.id)[0]
        _require_types(schema.fields, values)
        blocks.create(store, schema, name, values, overwrite=overwrite)
        return
    from pydantic import ValidationError  # start-up: loaded by the class already

    try:
        block = found.model_validate(values)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}"
            for each in error.errors(include_input=False, include_url=False, include_context=False)
        )
        raise CommandError(
            f'a "{kind.slug}" cannot be like that: {problems}', hint=f"pacc block type inspect {kind.slug}"
        ) from None
    block.save(name, overwrite=overwrite)


def _require_types(schema: dict[str, Any], values: dict[str, Any]) -> None:
    for field in fields_of(schema):
        if field.name in values and not fits(field, values[field.name]):
            raise CommandError(f'the field "{field.name}" should be: {field.told}')
