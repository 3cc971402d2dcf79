"""Block types and their schemas: registered, read, removed."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal import clock
from pacc._internal.ids import new_id
from pacc.exceptions import InvalidNameError, ObjectAlreadyExists, ObjectNotFound, ObjectUnsupported
from pacc.schemas.blocks import DEFAULT_BLOCK_SCHEMA_VERSION, Registration
from pacc.schemas.flows import BANNED_CHARACTERS
from pacc.store.blocks import schema_from_row, type_from_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pacc.schemas.blocks import BlockSchema, BlockType
    from pacc.store import Store

PROTECTED = frozenset({"local-file-system", "secret", "webhook"})
"""Types that cannot be deleted."""

_LISTING = "pacc block type ls"


def register(store: Store, registration: Registration) -> BlockSchema:
    """Make a block type and its class's present schema known, and return the schema with its type.

    Args:
        store: where they are kept.
        registration: what the class says of itself.

    Raises:
        InvalidNameError: the type can have no such name.
        StoreConflict: a type of another slug has that name.
    """
    kind, schema = store.write_all(*registering(registration))
    block_type = type_from_row(kind[0])
    return schema_from_row(schema[0], block_type)


def registering(registration: Registration) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """Return the statements that register, to be committed with others.

    Raises:
        InvalidNameError: the type can have no such name.
    """
    return (
        ("block_types.upsert", _type_row(registration)),
        ("block_types.put_schema", _schema_row(registration)),
    )


def _type_row(registration: Registration) -> dict[str, Any]:
    name, slug = registration.name, registration.slug
    if not slug or any(character in name for character in BANNED_CHARACTERS):
        raise InvalidNameError(
            f'"{name}" is no name for a block type; it needs a letter or digit, and none of '
            f"{' '.join(BANNED_CHARACTERS)}"
        )
    shown = (
        "name", "slug", "logo_url", "documentation_url", "description", "code_example", "class_path"
    )  # fmt: skip
    return {
        **{each: getattr(registration, each) for each in shown},
        "id": new_id(), "is_protected": int(slug in PROTECTED), "now": clock.now(),
    }  # fmt: skip


def _schema_row(registration: Registration) -> dict[str, Any]:
    return {
        "id": new_id(), "slug": registration.slug, "checksum": registration.checksum,
        "fields": json.dumps(registration.fields), "capabilities": json.dumps(sorted(registration.capabilities)),
        "version": registration.version, "now": clock.now(),
    }  # fmt: skip


def checksum_of(fields: Mapping[str, Any]) -> str:
    """Return what tells a schema from others: `sha256:` and a digest; what is only said of fields does not count.

    >>> checksum_of({"type": "object"})[:7]
    'sha256:'
    """
    text = json.dumps(_without_words(dict(fields)), sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _without_words(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: member for key, member in value.items() if not _is_said(key, member)}
        return {key: _without_words(member) for key, member in kept.items()}
    return [_without_words(member) for member in value] if isinstance(value, list) else value


def _is_said(key: str, value: Any) -> bool:
    """A field called `description` is a dict; what is said of a field is text."""
    return key == "description" and isinstance(value, str)


# -- types ---------------------------------------------------------------------------------------------------------------


def create_type(store: Store, name: str, slug: str, **told: str | None) -> BlockType:
    """Make a block type and return it.

    Args:
        store: where it is kept.
        name: what people call it.
        slug: what addresses and commands call it.
        told: `logo_url`, `documentation_url`, `description`, `code_example`.

    Raises:
        ObjectAlreadyExists: there is one of that name or slug.
        InvalidNameError: it can have no such name.
    """
    rows = store.write("block_types.insert", _type_row(Registration(name, slug, {}, "", **told)))  # type: ignore[arg-type]
    if not rows:
        raise ObjectAlreadyExists(f'the block type "{slug}" exists already', hint=_LISTING)
    return type_from_row(rows[0])


def update_type(store: Store, type_id: UUID | str, **told: str | None) -> None:
    """Change what is given about a block type.

    Raises:
        ObjectNotFound: there is none.
    """
    names = ("logo_url", "documentation_url", "description", "code_example")
    changed = {
        **{name: told.get(name) for name in names}, "id": str(type_id), "now": clock.now()
    }  # fmt: skip
    if not store.write("block_types.update", changed):
        raise ObjectNotFound(f'no block type "{type_id}"', hint=_LISTING)


def find_type(store: Store, slug: str) -> BlockType:
    """Return the block type of a slug.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    rows = store.read("block_types.by_slug", {"slug": slug})
    if not rows:
        raise no_type(store, slug)
    return type_from_row(rows[0])


def read_type(store: Store, type_id: UUID | str) -> BlockType:
    """Return a block type by its id.

    Raises:
        ObjectNotFound: there is none.
    """
    rows = store.read("block_types.read", {"id": str(type_id)})
    if not rows:
        raise ObjectNotFound(f'no block type "{type_id}"', hint=_LISTING)
    return type_from_row(rows[0])


def select_types(store: Store) -> list[BlockType]:
    """Return all block types by slug."""
    return [type_from_row(row) for row in store.read("block_types.select")]


def delete_type(store: Store, type_id: UUID | str) -> None:
    """Delete a block type with all its schemas and blocks.

    Raises:
        ObjectNotFound: there is none.
        ObjectUnsupported: it comes with pacc.
    """
    found = read_type(store, type_id)
    if not store.write("block_types.delete", {"id": str(type_id)}):
        raise ObjectUnsupported(f'the block type "{found.slug}" comes with pacc and cannot be deleted')


def no_type(store: Store, slug: str) -> ObjectNotFound:
    """Return the error that says there is no such type, and which was perhaps meant."""
    from difflib import get_close_matches  # start-up: only for what was not found

    near = get_close_matches(slug, [each.slug for each in select_types(store)], n=1)
    guess = f'. Did you mean "{near[0]}"?' if near else ""
    return ObjectNotFound(f'no block type "{slug}"{guess}', hint=_LISTING)


# -- schemas -------------------------------------------------------------------------------------------------------------


def create_schema(
    store: Store,
    fields: Mapping[str, Any],
    type_id: UUID | str,
    *,
    capabilities: list[str] | None = None,
    version: str = DEFAULT_BLOCK_SCHEMA_VERSION,
) -> BlockSchema:
    """Make a schema of a block type known and return it; one that is known already stays.

    Raises:
        ObjectNotFound: there is no such type.
    """
    found = read_type(store, type_id)
    registration = Registration(
        found.name, found.slug, fields, checksum_of(fields), tuple(capabilities or ()), version
    )
    return schema_from_row(store.write("block_types.put_schema", _schema_row(registration))[0], found)


def read_schema(store: Store, schema_id: UUID | str) -> BlockSchema:
    """Return a schema by its id, with its type.

    Raises:
        ObjectNotFound: there is none.
    """
    rows = store.read("block_types.schema", {"id": str(schema_id)})
    if not rows:
        raise ObjectNotFound(f'no block schema "{schema_id}"', hint=_LISTING)
    return schema_from_row(rows[0], read_type(store, rows[0]["block_type_id"]))


def find_schema(store: Store, checksum: str, version: str | None = None) -> BlockSchema:
    """Return the newest schema with a checksum.

    Raises:
        ObjectNotFound: there is none.
    """
    rows = store.read("block_types.schema_by_checksum", {"checksum": checksum, "version": version})
    if not rows:
        raise ObjectNotFound(f'no block schema with the checksum "{checksum}"', hint=_LISTING)
    return schema_from_row(rows[0], read_type(store, rows[0]["block_type_id"]))


def select_schemas(store: Store, type_id: UUID | str | None = None) -> list[BlockSchema]:
    """Return all schemas, or those of one type, the newest first."""
    types = {each.id: each for each in select_types(store)}
    wanted = {"block_type_id": None if type_id is None else str(type_id)}
    rows = store.read("block_types.schemas", wanted)
    return [schema_from_row(row, types.get(UUID(row["block_type_id"]))) for row in rows]
