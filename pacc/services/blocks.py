"""Blocks saved, opened, listed, removed. Secrets are encrypted on their way in, and masked on their way out unless asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal import clock
from pacc._internal.ids import new_id
from pacc.exceptions import BlockNotFound, EncryptionKeyError, ObjectAlreadyExists, StaleTransition
from pacc.schemas.blocks import BlockDocument, OpenedBlock, Registration, checked_name
from pacc.services import block_types, encryption
from pacc.services.block_contents import BlockCopy, Parts, as_text, put_back, references_in, take_apart
from pacc.services.block_listing import summaries
from pacc.store.blocks import document_from_row, schema_from_row, type_from_row

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from pacc.schemas.blocks import BlockSchema, BlockType
    from pacc.store import Store

_LISTING = "pacc block ls"
_TRIES = 5


# -- saving --------------------------------------------------------------------------------------------------------------


def save(
    store: Store,
    registration: Registration,
    name: str | None,
    data: Any,
    *,
    overwrite: bool = False,
) -> UUID:
    """Save a block, register its class with it, and return the document's id.

    Args:
        store: where it is kept.
        registration: what its class says of itself.
        name: the name to save it under; `None` saves it as one that nobody named.
        data: its fields: values of JSON, with `Hidden` and `Reference` in them.
        overwrite: whether one that is there already is replaced.

    Raises:
        ObjectAlreadyExists: the name is taken, and nothing was overwritten.
        InvalidNameError: it can have no such name.
        InvalidValueError: a field cannot be kept.
        EncryptionKeyError: the key of the secrets is missing or another one; nothing was saved.
    """
    row = _document_row(name, overwrite=overwrite) | {
        "slug": registration.slug, "checksum": registration.checksum, "version": registration.version
    }  # fmt: skip
    parts = take_apart(data)
    return _put(store, row, parts, block_types.registering(registration))


def create(
    store: Store,
    schema: BlockSchema,
    name: str | None,
    data: Mapping[str, Any],
    *,
    is_anonymous: bool = False,
    overwrite: bool = False,
) -> UUID:
    """Save a block that no class made, and return the document's id.

    Args:
        store: where it is kept.
        schema: the schema that says which of its fields are secrets.
        name: the name to save it under.
        data: its fields, secrets in the clear, saved blocks inside as `{"$ref": {"block_document_id": ...}}`.
        is_anonymous: whether it needs no name.
        overwrite: whether one that is there already is replaced.

    Raises:
        ObjectAlreadyExists: the name is taken, and nothing was overwritten.
        InvalidNameError: it can have no such name.
        InvalidValueError: a field cannot be kept.
        EncryptionKeyError: the key of the secrets is missing or another one; nothing was saved.
    """
    slug = block_types.read_type(store, schema.block_type_id).slug
    wanted = None if is_anonymous else checked_name(name or "")
    row = _document_row(wanted, overwrite=overwrite) | {
        "slug": slug, "checksum": schema.checksum, "version": schema.version
    }  # fmt: skip
    parts = take_apart(dict(data), schema.fields.get("secret_fields", ()), plain=True)
    return _put(store, row, parts, ())


def copy_of(store: Store, document_id: UUID | str) -> BlockCopy:
    """Return a block as another store can take it, secrets in the clear.

    Raises:
        BlockNotFound: there is none.
        EncryptionKeyError: the key of the secrets is missing or another one.
    """
    row = _row(store, document_id)
    kind, schema = _kind_of(store, row)
    registration = Registration(
        kind.name, kind.slug, schema.fields, schema.checksum, tuple(schema.capabilities), schema.version,
        kind.logo_url, kind.documentation_url, kind.description, kind.code_example, kind.class_path,
    )  # fmt: skip
    secrets = [] if row["secrets"] is None else encryption.cipher(store).open(row["secrets"])
    parts = Parts(json.loads(row["data"]), secrets, list(references_in(row["refs"])))
    return BlockCopy(row["id"], None if row["is_anonymous"] else row["name"], registration, parts)


def put_copy(store: Store, copied: BlockCopy) -> UUID:
    """Save a block that was copied from another store, register its class with it, and return the document's id.

    Args:
        store: where it is to be kept.
        copied: the block; the blocks inside are those of this store.

    Raises:
        ObjectAlreadyExists: the name is taken.
        EncryptionKeyError: the key of the secrets is missing or another one; nothing was saved.
    """
    registration = copied.registration
    row = _document_row(copied.name, overwrite=False) | {
        "slug": registration.slug, "checksum": registration.checksum, "version": registration.version
    }  # fmt: skip
    return _put(store, row, copied.parts, block_types.registering(registration))


def _document_row(name: str | None, *, overwrite: bool) -> dict[str, Any]:
    identity = new_id()
    return {
        "id": identity, "name": f"anonymous-{identity}" if name is None else checked_name(name),
        "is_anonymous": int(name is None), "now": clock.now(), "overwrite": int(overwrite),
    }  # fmt: skip


def _put(
    store: Store,
    row: dict[str, Any],
    parts: Parts,
    before: tuple[tuple[str, Mapping[str, Any]], ...],
) -> UUID:
    for _ in range(_TRIES):
        rows = store.write_all(*before, ("blocks.set", row | _contents(store, parts)))[-1]
        if rows:
            return UUID(rows[0]["id"])
        if _named(store, row["slug"], row["name"]) is not None and not row["overwrite"]:
            raise ObjectAlreadyExists(
                f'the block "{row["slug"]}/{row["name"]}" exists already',
                hint="Overwrite it: `overwrite=True`, or `--overwrite`.",
            )
    raise _key_keeps_changing()


def _contents(store: Store, parts: Parts) -> dict[str, Any]:
    data, references = as_text(parts.data), as_text(parts.references)
    if not parts.secrets:
        return {"data": data, "refs": references, "secrets": None, "proof": None}
    as_text(parts.secrets)
    cipher = encryption.cipher_for_writing(store)
    return {
        "data": data, "refs": references, "secrets": cipher.seal(parts.secrets), "proof": cipher.proof
    }  # fmt: skip


def update(
    store: Store,
    document_id: UUID | str,
    data: Mapping[str, Any],
    *,
    schema_id: UUID | None = None,
    merge: bool = True,
) -> None:
    """Change the fields of a block.

    Args:
        store: where it is kept.
        document_id: which block.
        data: the fields to change, as `create` takes them.
        schema_id: another schema of its type from now on.
        merge: whether fields that are not given stay.

    Raises:
        ObjectNotFound: there is no such block or schema.
        EncryptionKeyError: the key of the secrets is missing or another one; nothing was changed.
    """
    for _ in range(_TRIES):
        row = _row(store, document_id)
        schema = block_types.read_schema(store, schema_id or row["block_schema_id"])
        whole = {**_written_out(store, row), **data} if merge else dict(data)
        parts = take_apart(whole, schema.fields.get("secret_fields", ()), plain=True)
        changed = {
            **_contents(store, parts), "id": row["id"], "before": row["updated"], "now": clock.now(),
            "block_schema_id": str(schema.id),
        }  # fmt: skip
        if store.write("blocks.update", changed):
            return
    raise StaleTransition(f'the block "{document_id}" is being changed all the time', hint="Try again.")


def _written_out(store: Store, row: sqlite3.Row) -> dict[str, Any]:
    """Return a document's own fields, secrets in the clear and saved blocks inside by their ids."""
    places = [
        (path, {"$ref": {"block_document_id": identity}}) for path, identity in references_in(row["refs"])
    ]
    return put_back(_revealed(store, row), places)  # type: ignore[no-any-return]


# -- reading -------------------------------------------------------------------------------------------------------------


def open_block(store: Store, slug: str, name: str) -> OpenedBlock:
    """Return a block as its class takes it, secrets in the clear.

    Args:
        store: where it is kept.
        slug: its type's slug.
        name: its name.

    Raises:
        BlockNotFound: there is none, or one inside it is gone.
        EncryptionKeyError: the key of the secrets is missing or another one.
    """
    return _opened(store, _row_by_name(store, slug, name), (), secrets=True)


def open_by_id(store: Store, document_id: UUID | str) -> OpenedBlock:
    """Return a block as its class takes it by its id; see `open_block`."""
    return _opened(store, _row(store, document_id), (), secrets=True)


def read(store: Store, document_id: UUID | str, *, include_secrets: bool = True) -> BlockDocument:
    """Return a block by its id, the blocks inside filled in.

    Args:
        store: where it is kept.
        document_id: which block.
        include_secrets: whether secrets are in the clear; they are masked otherwise, and no key is needed.

    Raises:
        BlockNotFound: there is none.
        EncryptionKeyError: the key of the secrets is missing or another one.
    """
    return _whole(_opened(store, _row(store, document_id), (), secrets=include_secrets))


def read_by_name(store: Store, slug: str, name: str, *, include_secrets: bool = True) -> BlockDocument:
    """Return a block by its type's slug and its name, the blocks inside filled in; see `read`."""
    return _whole(_opened(store, _row_by_name(store, slug, name), (), secrets=include_secrets))


def find(store: Store, reference: str, *, include_secrets: bool = False) -> BlockDocument:
    """Return the block a person means by `type/name`; see `read`."""
    slug, slash, name = reference.partition("/")
    if not slash:
        raise BlockNotFound(f'"{reference}" names no block: write its type and its name, as in "secret/mine"')
    return read_by_name(store, slug, name, include_secrets=include_secrets)


def select(
    store: Store,
    *,
    slug: str | None = None,
    limit: int | None = None,
    offset: int | None = None,
    include_secrets: bool = True,
) -> list[BlockDocument]:
    """Return whole blocks by type and name.

    Args:
        store: where they are kept.
        slug: only those of this type.
        limit: so many at most.
        offset: so many are passed over first.
        include_secrets: whether secrets are in the clear.

    Raises:
        EncryptionKeyError: secrets are wanted, and their key is missing or another one.
    """
    wanted = {"slug": slug, "limit": -1 if limit is None else limit, "offset": offset or 0}
    rows = store.read("blocks.select", wanted)
    return [_whole(_opened(store, row, (), secrets=include_secrets)) for row in rows]


def delete(store: Store, document_id: UUID | str) -> None:
    """Delete a block; one it stands in can no longer be loaded.

    Raises:
        BlockNotFound: there is none.
    """
    if not store.write("blocks.delete", {"id": str(document_id)}):
        raise _no_id(document_id)


def _opened(store: Store, row: sqlite3.Row, around: tuple[str, ...], *, secrets: bool) -> OpenedBlock:
    """Return a document with those inside it; one that was deleted is an error only for whoever wants to use the block."""
    inside, references = [], {}
    for path, identity in references_in(row["refs"]):
        found = _opened_inside(store, identity, (*around, row["id"]), needed=secrets)
        if found is not None:
            inside.append((path, found))
        references[".".join(map(str, path))] = {
            "block_document": {
                "id": UUID(identity),
                "name": None if found is None else found.document.name,
                "block_type": None if found is None else found.document.block_type,
            }
        }
    data = _revealed(store, row) if secrets else json.loads(row["data"])
    kind, schema = _kind_of(store, row)
    document = document_from_row(row, data=data, block_type=kind, block_schema=schema, references=references)
    return OpenedBlock(document, kind.slug, tuple(inside))


def _opened_inside(
    store: Store, identity: str, around: tuple[str, ...], *, needed: bool
) -> OpenedBlock | None:
    if identity in around:
        raise BlockNotFound(f"the block {_called(store, around[0])} stands inside itself")
    rows = store.read("blocks.read", {"id": identity})
    if rows:
        return _opened(store, rows[0], around, secrets=needed)
    if needed:
        raise BlockNotFound(
            f"the block {_called(store, around[-1])} has another one inside that was deleted",
            hint="Save it again with `overwrite=True` and another block inside.",
        )
    return None


def _called(store: Store, identity: str) -> str:
    row = store.read("blocks.read", {"id": identity})[0]
    return f'"{_kind_of(store, row)[0].slug}/{row["name"]}"'


def _kind_of(store: Store, row: sqlite3.Row) -> tuple[BlockType, BlockSchema]:
    kind = type_from_row(store.read("block_types.read", {"id": row["block_type_id"]})[0])
    return kind, schema_from_row(store.read("block_types.schema", {"id": row["block_schema_id"]})[0], kind)


def _revealed(store: Store, row: sqlite3.Row) -> Any:
    data = json.loads(row["data"])
    if row["secrets"] is None:
        return data
    try:
        return put_back(data, encryption.cipher(store).open(row["secrets"]))
    except EncryptionKeyError:
        now = store.read("blocks.read", {"id": row["id"]})
        if not now or now[0]["secrets"] == row["secrets"]:
            raise
    return _revealed(store, now[0])  # the key was changed between the two


def _whole(opened: OpenedBlock) -> BlockDocument:
    """Return a document with the blocks inside filled in."""
    from dataclasses import replace  # start-up

    data = put_back(opened.document.data, ((path, _whole(each).data) for path, each in opened.inside))
    return replace(opened.document, data=data)


def _row(store: Store, document_id: UUID | str) -> sqlite3.Row:
    rows = store.read("blocks.read", {"id": str(document_id)})
    if not rows:
        raise _no_id(document_id)
    return rows[0]


def _named(store: Store, slug: str, name: str) -> sqlite3.Row | None:
    return next(iter(store.read("blocks.by_name", {"slug": slug, "name": name})), None)


def _row_by_name(store: Store, slug: str, name: str) -> sqlite3.Row:
    row = _named(store, slug, name)
    if row is None:
        raise BlockNotFound(f'no block "{slug}/{name}"{_guess(store, slug, name)}', hint=_LISTING)
    return row


def _guess(store: Store, slug: str, name: str) -> str:
    from difflib import get_close_matches  # start-up: only for what was not found

    known = [each.slug for each in summaries(store, limit=2000)]
    near = get_close_matches(f"{slug}/{name}", known, n=1)
    return f'. Did you mean "{near[0]}"?' if near else ""


def _no_id(document_id: UUID | str) -> BlockNotFound:
    return BlockNotFound(f'no block with the id "{document_id}"', hint=_LISTING)


def _key_keeps_changing() -> EncryptionKeyError:
    return EncryptionKeyError("the key of the secrets is being changed; nothing was saved", hint="Try again.")
