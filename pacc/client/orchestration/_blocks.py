"""The client's methods for blocks, their types and schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.steps import awaitable
from pacc.client.orchestration._base import OfStore
from pacc.services import block_types, blocks

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.schemas.blocks import (
        BlockDocument,
        BlockDocumentCreate,
        BlockDocumentUpdate,
        BlockSchema,
        BlockSchemaCreate,
        BlockType,
        BlockTypeCreate,
        BlockTypeUpdate,
    )


class BlockClient(OfStore):
    """What code that does not await asks and says about blocks."""

    def create_block_type(self, block_type: BlockTypeCreate) -> BlockType:
        """Make a block type; `ObjectAlreadyExists` if its name or slug is taken."""
        return block_types.create_type(
            self._store, block_type.name, block_type.slug, logo_url=block_type.logo_url,
            documentation_url=block_type.documentation_url, description=block_type.description,
            code_example=block_type.code_example,
        )  # fmt: skip

    def read_block_type_by_slug(self, slug: str) -> BlockType:
        """Return the block type of that slug; `ObjectNotFound` if there is none."""
        return block_types.find_type(self._store, slug)

    def read_block_types(self) -> list[BlockType]:
        """Return the block types that were registered, by slug."""
        return block_types.select_types(self._store)

    def update_block_type(self, block_type_id: UUID, block_type: BlockTypeUpdate) -> None:
        """Change what is given about a block type; `ObjectNotFound` if there is none."""
        block_types.update_type(
            self._store, block_type_id, logo_url=block_type.logo_url,
            documentation_url=block_type.documentation_url, description=block_type.description,
            code_example=block_type.code_example,
        )  # fmt: skip

    def delete_block_type(self, block_type_id: UUID) -> None:
        """Delete a block type with its schemas and blocks; `ObjectUnsupported` for one that comes with pacc."""
        block_types.delete_type(self._store, block_type_id)

    def create_block_schema(self, block_schema: BlockSchemaCreate) -> BlockSchema:
        """Make a schema of a block type known; `ObjectNotFound` if there is no such type."""
        return block_types.create_schema(
            self._store, block_schema.fields, block_schema.block_type_id,
            capabilities=block_schema.capabilities, version=block_schema.version,
        )  # fmt: skip

    def read_block_schema_by_checksum(self, checksum: str, version: str | None = None) -> BlockSchema:
        """Return the newest schema with that checksum; `ObjectNotFound` if there is none."""
        return block_types.find_schema(self._store, checksum, version)

    def read_block_schemas(self) -> list[BlockSchema]:
        """Return all schemas of blocks, the newest first."""
        return block_types.select_schemas(self._store)

    def get_most_recent_block_schema_for_block_type(self, block_type_id: UUID) -> BlockSchema | None:
        """Return the schema a block type's class has now, `None` where none was registered."""
        return next(iter(block_types.select_schemas(self._store, block_type_id)), None)

    def create_block_document(
        self, block_document: BlockDocumentCreate | BlockDocument, include_secrets: bool = True
    ) -> BlockDocument:
        """Save a block and return it; `ObjectAlreadyExists` if its name is taken."""
        schema = block_types.read_schema(self._store, block_document.block_schema_id)
        made = blocks.create(
            self._store, schema, block_document.name, block_document.data,
            is_anonymous=block_document.is_anonymous,
        )  # fmt: skip
        return blocks.read(self._store, made, include_secrets=include_secrets)

    def update_block_document(self, block_document_id: UUID, block_document: BlockDocumentUpdate) -> None:
        """Change fields of a block; `ObjectNotFound` if there is none."""
        blocks.update(
            self._store, block_document_id, block_document.data, schema_id=block_document.block_schema_id,
            merge=block_document.merge_existing_data,
        )  # fmt: skip

    def delete_block_document(self, block_document_id: UUID) -> None:
        """Delete a block; `ObjectNotFound` if there is none."""
        blocks.delete(self._store, block_document_id)

    def read_block_document(self, block_document_id: UUID, include_secrets: bool = True) -> BlockDocument:
        """Return a block; `ObjectNotFound` if there is none."""
        return blocks.read(self._store, block_document_id, include_secrets=include_secrets)

    def read_block_document_by_name(
        self, name: str, block_type_slug: str, include_secrets: bool = True
    ) -> BlockDocument:
        """Return a block by its name and its type; `ObjectNotFound` if there is none."""
        return blocks.read_by_name(self._store, block_type_slug, name, include_secrets=include_secrets)

    def read_block_documents(
        self,
        block_schema_type: str | None = None,
        offset: int | None = None,
        limit: int | None = None,
        include_secrets: bool = True,
    ) -> list[BlockDocument]:
        """Return blocks by type and name, those of one type if its slug is given."""
        return blocks.select(
            self._store, slug=block_schema_type, limit=limit, offset=offset, include_secrets=include_secrets
        )

    def read_block_documents_by_type(
        self,
        block_type_slug: str,
        offset: int | None = None,
        limit: int | None = None,
        include_secrets: bool = True,
    ) -> list[BlockDocument]:
        """Return the blocks of one type by name."""
        return blocks.select(
            self._store, slug=block_type_slug, limit=limit, offset=offset, include_secrets=include_secrets
        )


class BlockAsyncClient(OfStore):
    """The same for code that awaits, derived from `BlockClient`."""

    create_block_type = awaitable(BlockClient.create_block_type)
    read_block_type_by_slug = awaitable(BlockClient.read_block_type_by_slug)
    read_block_types = awaitable(BlockClient.read_block_types)
    update_block_type = awaitable(BlockClient.update_block_type)
    delete_block_type = awaitable(BlockClient.delete_block_type)
    create_block_schema = awaitable(BlockClient.create_block_schema)
    read_block_schema_by_checksum = awaitable(BlockClient.read_block_schema_by_checksum)
    read_block_schemas = awaitable(BlockClient.read_block_schemas)
    get_most_recent_block_schema_for_block_type = awaitable(
        BlockClient.get_most_recent_block_schema_for_block_type
    )
    create_block_document = awaitable(BlockClient.create_block_document)
    update_block_document = awaitable(BlockClient.update_block_document)
    delete_block_document = awaitable(BlockClient.delete_block_document)
    read_block_document = awaitable(BlockClient.read_block_document)
    read_block_document_by_name = awaitable(BlockClient.read_block_document_by_name)
    read_block_documents = awaitable(BlockClient.read_block_documents)
    read_block_documents_by_type = awaitable(BlockClient.read_block_documents_by_type)
