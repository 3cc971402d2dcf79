"""A block made from the answers to a form, the same for a terminal and for a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.blocks import registry
from pacc.exceptions import BlockNotFound, InvalidValueError
from pacc.presentation.block_fields import any_value, fields_of, fits
from pacc.services import block_types, blocks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pacc.presentation.block_fields import Field
    from pacc.schemas.blocks import BlockType
    from pacc.store import Store


def schema_of(store: Store, kind: BlockType) -> dict[str, Any]:
    """Return the schema of a type's fields: its class's where that is loaded, or else the one it was registered with.

    Raises:
        InvalidValueError: nothing is known of its fields.
    """
    found = registry.loaded(kind.slug)
    if found is not None:
        return dict(found.registration().fields)
    schemas = block_types.select_schemas(store, kind.id)
    if not schemas:
        raise InvalidValueError(
            f'nothing is known of the fields of "{kind.slug}"', hint="pacc block register --help"
        )
    return schemas[0].fields


def block_inside(store: Store, field: Field, text: str) -> Any:
    """Return what stands for a block in a field of another: a reference to a saved one, or the fields of one.

    Args:
        store: where blocks are kept.
        field: the field.
        text: the name of a saved block, with or without its type, or a JSON object of fields.

    Raises:
        BlockNotFound: there is none of that name.
    """
    if text.lstrip().startswith("{"):
        return any_value(text)
    slugs = [text] if "/" in text else [f"{slug}/{text}" for slug in field.blocks]
    for slug in slugs[:-1]:
        try:
            found = blocks.find(store, slug)
        except BlockNotFound:
            continue
        return {"$ref": {"block_document_id": str(found.id)}}
    return {"$ref": {"block_document_id": str(blocks.find(store, slugs[-1]).id)}}


def save(
    store: Store, kind: BlockType, name: str, values: Mapping[str, Any], *, overwrite: bool = False
) -> None:
    """Save a block. Its class has the last word on its fields; where that is not loaded, the schema has.

    Args:
        store: where it is kept.
        kind: its type.
        name: the name to save it under.
        values: its fields.
        overwrite: whether one of that name is replaced.

    Raises:
        InvalidValueError: a field cannot be like that.
        ObjectAlreadyExists: the name is taken, and nothing was overwritten.
    """
    found = registry.loaded(kind.slug)
    if found is None:
        schema = block_types.select_schemas(store, kind.id)[0]
        _require_types(schema.fields, values)
        blocks.create(store, schema, name, values, overwrite=overwrite)
        return
    from pydantic import ValidationError  # start-up: loaded by the class already

    from pacc.blocks.describing import problems_of

    try:
        block = found.model_validate(dict(values))
    except ValidationError as error:
        raise InvalidValueError(
            f'no block of the type "{kind.slug}" can be like that: {problems_of(error)}',
            hint=f"pacc block type inspect {kind.slug}",
        ) from None
    block.save(name, overwrite=overwrite)


def change(store: Store, document_id: str, values: Mapping[str, Any]) -> None:
    """Change some fields of a block; the others stay, secrets too.

    Args:
        store: where it is kept.
        document_id: which block.
        values: the fields to change.

    Raises:
        InvalidValueError: a field cannot be like that. BlockNotFound: there is no such block.
    """
    known = blocks.read(store, document_id, include_secrets=False)
    _require_types(known.block_schema.fields if known.block_schema else {}, values)
    blocks.update(store, document_id, values)


def _require_types(schema: dict[str, Any], values: Mapping[str, Any]) -> None:
    for field in fields_of(schema):
        if field.name in values and not fits(field, values[field.name]):
            raise InvalidValueError(f'the field "{field.name}" should be: {field.told}')
