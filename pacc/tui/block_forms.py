"""The forms of a block: a new one of a type, and another value for a field of one there is."""

from __future__ import annotations

import json
from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING, Any

from pacc._internal.visible import visible
from pacc.presentation.block_fields import NO_DEFAULT, Field, fields_of
from pacc.services import blocks
from pacc.tui.screens.asking import Asked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pacc.schemas.block_summaries import BlockSummary
    from pacc.schemas.blocks import BlockType
    from pacc.store import Store

NAME = Field("name", "text", "The name to save it under.", NO_DEFAULT, required=True, secret=False)


def command_of(
    slug: str, name: str, fields: Sequence[Field], typed: Mapping[str, str], *, overwrite: bool
) -> str:
    """Return the command that saves such a block; secrets come from the environment, so that nobody reads them."""
    words = ["pacc block create", quote(slug), "--name", quote(name or "NAME")]
    for field in fields:
        text = typed.get(field.name, "")
        if field.secret and (text or field.required):
            words.append(f"--field-from-env {field.name}={field.name.upper()}")
        elif text:
            words.append(f"--field {quote(f'{field.name}={text}')}")
    return " ".join([*words, "--overwrite"] if overwrite else words)


def _with_blocks(store: Store, fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values in which names of blocks are references to them."""
    from pacc.presentation.block_forms import block_inside  # start-up: only to save one

    inside = {field.name: field for field in fields if field.blocks}
    return {
        name: block_inside(store, inside[name], value) if name in inside and value is not None else value
        for name, value in values.items()
    }


def form(store: Store, slug: str) -> Asked:
    """Return the form for a new block of a type."""
    from pacc.blocks.catalog import find_type  # start-up: only to make one
    from pacc.presentation.block_forms import schema_of  # start-up: as above

    kind = find_type(store, slug)
    own = tuple(fields_of(schema_of(store, kind)))
    # a field of the block may be called as the field for its name is
    name = NAME if all(field.name != "name" for field in own) else NAME._replace(name="name of the block")

    def act(store: Store, values: Mapping[str, Any]) -> str:
        given = {each: value for each, value in values.items() if each != name.name}
        return _saved(store, kind, values[name.name], _with_blocks(store, own, given))

    return Asked(
        question=f"A new {visible(kind.name)}",
        command=lambda typed: command_of(slug, typed[name.name], own, typed, overwrite=False),
        yes="saves it",
        act=act,
        fields=(name, *own),
        values={field.name: _shown(field.default) for field in own if _is_shown(field)},
    )


def inner_form(store: Store, slug: str) -> Asked:
    """Return the same form for a block that another one is to hold; what comes of it is what that one calls it."""
    asked = form(store, slug)
    name = asked.fields[0].name

    def act(store: Store, values: Mapping[str, Any]) -> str:
        asked.act(store, values)
        return f"{slug}/{values[name]}"

    return replace(asked, act=act)


def _saved(store: Store, kind: BlockType, name: str, values: Mapping[str, Any]) -> str:
    from pacc.presentation import block_forms  # start-up: only to save one
    from pacc.schemas.blocks import checked_name  # start-up: as above

    block_forms.save(store, kind, checked_name(name), values)
    return f'Saved block "{kind.slug}/{name}".'


def edit_form(store: Store, row: BlockSummary) -> Asked:
    """Return the form that changes a block: what is left out stays, secrets are replaced and never read."""
    known = blocks.read(store, row.id, include_secrets=False)
    inside = {path.split(".")[0] for path in known.block_document_references}
    found = fields_of(known.block_schema.fields) if known.block_schema else []
    own = tuple(
        field._replace(required=False, description=f"{field.description} Empty: it stays.".strip())
        for field in found
        if field.name not in inside
    )

    def act(store: Store, values: Mapping[str, Any]) -> str:
        from pacc.presentation import block_forms  # start-up: only to change one

        block_forms.change(store, str(row.id), _with_blocks(store, own, values))
        return f'Saved block "{row.slug}".'

    held = {
        field.name: _shown(known.data[field.name])
        for field in own
        if field.name in known.data and not field.secret
    }
    return Asked(
        question=f'The block "{visible(row.slug)}"',
        command=lambda typed: command_of(row.type_slug, row.name, own, typed, overwrite=True),
        yes="saves it",
        act=act,
        fields=own,
        values=held,
    )


def _is_shown(field: Field) -> bool:
    return not field.secret and field.default is not NO_DEFAULT and field.default is not None


def _shown(value: Any) -> str:
    """Return a value as it is typed."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
