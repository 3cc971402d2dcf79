-- Blocks.

-- Kinds of blocks, known by their slugs.
CREATE TABLE block_type (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    slug TEXT NOT NULL UNIQUE,
    logo_url TEXT,
    documentation_url TEXT,
    description TEXT,
    code_example TEXT,
    is_protected INTEGER NOT NULL DEFAULT 0,
    class_path TEXT,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) WITHOUT ROWID;

-- The fields the class of a block type had at some time.
CREATE TABLE block_schema (
    id TEXT NOT NULL PRIMARY KEY,
    checksum TEXT NOT NULL,
    fields TEXT NOT NULL,
    block_type_id TEXT NOT NULL REFERENCES block_type (id) ON DELETE CASCADE,
    capabilities TEXT NOT NULL DEFAULT '[]',
    version TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    UNIQUE (block_type_id, checksum, version)
) WITHOUT ROWID;

-- Configured blocks. In data every secret is a mask; secrets is all of them with their places, encrypted. refs says which
-- saved blocks stand where in data.
CREATE TABLE block_document (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    data TEXT NOT NULL,
    secrets TEXT,
    refs TEXT NOT NULL DEFAULT '[]',
    block_schema_id TEXT NOT NULL REFERENCES block_schema (id),
    block_type_id TEXT NOT NULL REFERENCES block_type (id) ON DELETE CASCADE,
    is_anonymous INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    UNIQUE (block_type_id, name)
) WITHOUT ROWID;

-- A word encrypted with the key that is in use: what cannot read it is another key.
CREATE TABLE key_proof (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    proof TEXT NOT NULL
);
