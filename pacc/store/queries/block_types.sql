-- Block types and the schemas their classes had.

-- name: block_types.upsert
-- The row of the type of that slug, which is made if it was not there.
INSERT INTO block_type (
    id, name, slug, logo_url, documentation_url, description, code_example, is_protected, class_path,
    created, updated
)
VALUES (
    :id, :name, :slug, :logo_url, :documentation_url, :description, :code_example, :is_protected, :class_path,
    :now, :now
)
ON CONFLICT (slug) DO UPDATE SET
    name = excluded.name,
    logo_url = excluded.logo_url,
    documentation_url = excluded.documentation_url,
    description = excluded.description,
    code_example = excluded.code_example,
    is_protected = excluded.is_protected,
    class_path = excluded.class_path,
    updated = excluded.updated
RETURNING *;

-- name: block_types.insert
-- A new type; nothing is returned if its slug or its name is taken.
INSERT INTO block_type (
    id, name, slug, logo_url, documentation_url, description, code_example, is_protected, class_path,
    created, updated
)
VALUES (
    :id, :name, :slug, :logo_url, :documentation_url, :description, :code_example, :is_protected, :class_path,
    :now, :now
)
ON CONFLICT DO NOTHING
RETURNING *;

-- name: block_types.update
-- Changes what is not null; nothing is returned if there is no such type.
UPDATE block_type
SET
    logo_url = coalesce(:logo_url, logo_url),
    documentation_url = coalesce(:documentation_url, documentation_url),
    description = coalesce(:description, description),
    code_example = coalesce(:code_example, code_example),
    updated = :now
WHERE id = :id
RETURNING id;

-- name: block_types.by_slug
-- One by its slug.
SELECT * FROM block_type WHERE slug = :slug;

-- name: block_types.read
-- One by its id.
SELECT * FROM block_type WHERE id = :id;

-- name: block_types.select
-- All of them by slug.
SELECT * FROM block_type ORDER BY slug;

-- name: block_types.delete
-- One that is not protected, with its schemas and documents; nothing is returned if it was not there.
DELETE FROM block_type WHERE id = :id AND NOT is_protected RETURNING id;

-- name: block_types.put_schema
-- The row of a type's schema, which is made if it was not there.
INSERT INTO block_schema (id, checksum, fields, block_type_id, capabilities, version, created, updated)
SELECT :id, :checksum, :fields, block_type.id, :capabilities, :version, :now, :now
FROM block_type WHERE block_type.slug = :slug
ON CONFLICT (block_type_id, checksum, version) DO UPDATE SET
    capabilities = excluded.capabilities,
    updated = excluded.updated
RETURNING *;

-- name: block_types.schema
-- One schema by its id.
SELECT * FROM block_schema WHERE id = :id;

-- name: block_types.schemas
-- All schemas, the newest first; a null type lets all through.
SELECT * FROM block_schema
WHERE :block_type_id IS NULL OR block_type_id = :block_type_id
ORDER BY updated DESC, id DESC;

-- name: block_types.schema_by_checksum
-- The newest schema with that checksum; a null version lets all through.
SELECT * FROM block_schema
WHERE checksum = :checksum AND (:version IS NULL OR version = :version)
ORDER BY updated DESC, id DESC
LIMIT 1;
