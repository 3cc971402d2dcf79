"""Blocks as the store knows them: types, the schemas their classes had, and documents, which are configured blocks under names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from pacc.exceptions import InvalidNameError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

DEFAULT_BLOCK_SCHEMA_VERSION = "non-versioned"
"""The version of a class that names none."""

MAX_BLOCK_NAME_LENGTH = 255
"""Characters the name of a document may have."""

_NAME = re.compile("[a-z0-9-]+", re.ASCII)
_BETWEEN_WORDS = re.compile("[^a-z0-9]+")


def checked_name(name: str) -> str:
    """Return a name a block may be saved under.

    Raises:
        InvalidNameError: it is empty, too long, or holds something else than lower-case letters, digits and `-`.

    >>> checked_name("my-bucket")
    'my-bucket'
    """
    if not isinstance(name, str):
        raise TypeError(f"a block's name is text, not {name!r}")
    if len(name) > MAX_BLOCK_NAME_LENGTH:
        raise InvalidNameError(
            f"a block's name has {MAX_BLOCK_NAME_LENGTH} characters at most, not {len(name):,}"
        )
    if not _NAME.fullmatch(name):
        raise InvalidNameError(f'"{name}" is no name for a block; use lower-case letters, digits and "-"')
    return name


def slugified(name: str) -> str:
    """Return a name as it stands in addresses and commands.

    >>> slugified("S3 Bucket"), slugified("DatabaseConfig")
    ('s3-bucket', 'databaseconfig')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _BETWEEN_WORDS.sub("-", plain.lower()).strip("-")


class Hidden(NamedTuple):
    """A secret on its way into the store: it is encrypted, and shown as a mask."""

    value: Any


class Reference(NamedTuple):
    """A saved block inside another, on its way into the store: the other one keeps only which it is."""

    block_document_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockType:
    """A kind of block: a class, by its name."""

    id: UUID
    """The type's id."""
    name: str
    """What people call it: `S3 Bucket`."""
    slug: str
    """What addresses and commands call it: `s3-bucket`."""
    logo_url: str | None = None
    """Where its picture is."""
    documentation_url: str | None = None
    """Where more is said."""
    description: str | None = None
    """What such a block is for."""
    code_example: str | None = None
    """How it is used."""
    is_protected: bool = False
    """Whether it comes with pacc and cannot be deleted."""
    class_path: str | None = None
    """Where its class was when it was registered: `module:Class`."""
    created: datetime | None = None
    """When it was first registered."""
    updated: datetime | None = None
    """When it was last registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSchema:
    """The fields a block type's class had at some time."""

    id: UUID
    """The schema's id."""
    checksum: str
    """`sha256:` and a digest of the fields."""
    fields: dict[str, Any]
    """JSON Schema, with `secret_fields`, `block_type_slug` and `block_schema_references`."""
    block_type_id: UUID
    """The type it belongs to."""
    capabilities: list[str] = field(default_factory=list)
    """What such a block can do: `read-path`, `notify`."""
    version: str = DEFAULT_BLOCK_SCHEMA_VERSION
    """The version the class named."""
    block_type: BlockType | None = None
    """The type itself, where it was asked for."""
    created: datetime | None = None
    """When it was registered."""
    updated: datetime | None = None
    """When it was last registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockDocument:
    """A configured block under a name."""

    id: UUID
    """The document's id."""
    name: str | None
    """Its name, unique among those of its type; one that is anonymous has one that nobody chose."""
    data: dict[str, Any]
    """The fields. Secrets are masked unless they were asked for; blocks inside are filled in."""
    block_schema_id: UUID
    """The schema it was saved with."""
    block_type_id: UUID
    """Its type."""
    block_type_name: str | None = None
    """Its type's name."""
    block_schema: BlockSchema | None = None
    """The schema itself, where it was asked for."""
    block_type: BlockType | None = None
    """The type itself, where it was asked for."""
    block_document_references: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The saved blocks inside, by the fields they are in."""
    is_anonymous: bool = False
    """Whether nobody named it."""
    created: datetime | None = None
    """When it was first saved."""
    updated: datetime | None = None
    """When it was last saved."""


class OpenedBlock(NamedTuple):
    """A document as its class takes it: secrets in the clear, and each saved block inside still on its own."""

    document: BlockDocument
    type_slug: str
    inside: tuple[tuple[tuple[str | int, ...], OpenedBlock], ...]
    """The saved blocks inside, each with the path of its field."""


class Registration(NamedTuple):
    """What a class says of itself when it is registered."""

    name: str
    slug: str
    fields: Mapping[str, Any]
    checksum: str
    capabilities: tuple[str, ...] = ()
    version: str = DEFAULT_BLOCK_SCHEMA_VERSION
    logo_url: str | None = None
    documentation_url: str | None = None
    description: str | None = None
    code_example: str | None = None
    class_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockTypeCreate:
    """A block type that is to be made."""

    name: str
    slug: str
    logo_url: str | None = None
    documentation_url: str | None = None
    description: str | None = None
    code_example: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockTypeUpdate:
    """What is to change about a block type; `None` leaves it."""

    logo_url: str | None = None
    documentation_url: str | None = None
    description: str | None = None
    code_example: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSchemaCreate:
    """A block schema that is to be made."""

    fields: dict[str, Any] = field(default_factory=dict)
    block_type_id: UUID
    capabilities: list[str] = field(default_factory=list)
    version: str = DEFAULT_BLOCK_SCHEMA_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockDocumentCreate:
    """A block document that is to be made."""

    name: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    block_schema_id: UUID
    block_type_id: UUID
    is_anonymous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockDocumentUpdate:
    """What is to change about a block document."""

    block_schema_id: UUID | None = None
    data: dict[str, Any] = field(default_factory=dict)
    merge_existing_data: bool = True
    """Whether fields that are not given stay; they go otherwise."""
