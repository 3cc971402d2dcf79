-- Block documents.

-- name: blocks.set
-- The row after it was saved; nothing is returned if the name is taken and :overwrite is 0, or if the key is another one by now.
INSERT INTO block_document (
    id, name, data, secrets, refs, block_schema_id, block_type_id, is_anonymous, created, updated
)
SELECT
    :id, :name, :data, :secrets, :refs, block_schema.id, block_schema.block_type_id, :is_anonymous, :now, :now
FROM block_schema INNER JOIN block_type ON block_type.id = block_schema.block_type_id
WHERE
    block_type.slug = :slug AND block_schema.checksum = :checksum AND block_schema.version = :version
    AND (:proof IS NULL OR EXISTS (SELECT 1 FROM key_proof WHERE key_proof.proof = :proof))
ON CONFLICT (block_type_id, name) DO UPDATE SET
    data = excluded.data,
    secrets = excluded.secrets,
    refs = excluded.refs,
    block_schema_id = excluded.block_schema_id,
    updated = excluded.updated
WHERE :overwrite
RETURNING *;

-- name: blocks.update
-- Another content for one; nothing is returned if it has changed since :before, or if the key is another one by now.
UPDATE block_document
SET
    data = :data,
    secrets = :secrets,
    refs = :refs,
    block_schema_id = :block_schema_id,
    updated = max(:now, updated + 1)
WHERE
    id = :id AND updated = :before
    AND (:proof IS NULL OR EXISTS (SELECT 1 FROM key_proof WHERE key_proof.proof = :proof))
RETURNING id;

-- name: blocks.read
-- One by its id.
SELECT * FROM block_document WHERE id = :id;

-- name: blocks.by_name
-- One by its type's slug and its name.
SELECT block_document.*
FROM block_document INNER JOIN block_type ON block_type.id = block_document.block_type_id
WHERE block_type.slug = :slug AND block_document.name = :name;

-- name: blocks.select
-- Whole documents by type and name, :limit at most from the :offset-th on; a null slug lets all through.
SELECT block_document.*
FROM block_document INNER JOIN block_type ON block_type.id = block_document.block_type_id
WHERE NOT block_document.is_anonymous AND (:slug IS NULL OR block_type.slug = :slug)
ORDER BY block_type.slug, block_document.name
LIMIT :limit OFFSET :offset;

-- name: blocks.list
-- What a listing shows, by type and name; a null slug lets all through.
SELECT
    block_document.id, block_type.name AS type_name, block_type.slug AS type_slug, block_document.name,
    block_document.updated, block_schema.capabilities
FROM block_type
INNER JOIN block_document ON block_document.block_type_id = block_type.id
INNER JOIN block_schema ON block_schema.id = block_document.block_schema_id
WHERE NOT block_document.is_anonymous AND (:slug IS NULL OR block_type.slug = :slug)
ORDER BY block_type.slug, block_document.name
LIMIT :limit;

-- name: blocks.count
-- How many documents there are that somebody named.
SELECT count(*) AS number FROM block_document WHERE NOT is_anonymous;

-- name: blocks.users
-- The documents in which one stands.
SELECT
    block_document.id, block_type.name AS type_name, block_type.slug AS type_slug, block_document.name,
    block_document.updated, block_schema.capabilities
FROM block_document
INNER JOIN block_type ON block_type.id = block_document.block_type_id
INNER JOIN block_schema ON block_schema.id = block_document.block_schema_id
WHERE replace(block_document.refs, :id, '') <> block_document.refs
ORDER BY block_type.slug, block_document.name;

-- name: blocks.mentions
-- What names one elsewhere, by its :id, by its :slug as JSON text has it, or in a template, behind which one of three ends stands.
WITH told AS (
    SELECT
        'deployment' AS noun, flow.name || '/' || deployment.name AS name,
        deployment.parameters || deployment.job_variables || coalesce(deployment.pull_steps, '') AS text
    FROM deployment INNER JOIN flow ON flow.id = deployment.flow_id
    UNION ALL
    SELECT 'automation', name, definition FROM automation
    UNION ALL
    SELECT 'work pool', name, base_job_template FROM work_pool
)
SELECT noun, name FROM told
WHERE replace(replace(replace(replace(replace(text, :id, ''), :slug, ''), :spaced, ''), :closed, ''), :dotted, '') <> text
ORDER BY noun, name;

-- name: blocks.delete
-- One by its id; nothing is returned if it was not there.
DELETE FROM block_document WHERE id = :id RETURNING id;

-- name: blocks.sealed
-- Every document that holds secrets.
SELECT id, secrets FROM block_document WHERE secrets IS NOT NULL;

-- name: blocks.any_sealed
-- Whether there is a document that holds secrets.
SELECT EXISTS (SELECT 1 FROM block_document WHERE secrets IS NOT NULL) AS found;

-- name: blocks.reseal
-- The same secrets of many documents, encrypted anew: :sealed is a JSON object of ids and texts.
UPDATE block_document
SET secrets = (SELECT line.value FROM json_each(:sealed) AS line WHERE line.key = block_document.id)
WHERE id IN (SELECT line.key FROM json_each(:sealed) AS line);

-- name: blocks.proof
-- The word that was encrypted with the key in use.
SELECT proof FROM key_proof WHERE id = 1;

-- name: blocks.first_proof
-- The word of the first key; the one that was there stays.
INSERT INTO key_proof (id, proof) VALUES (1, :proof) ON CONFLICT (id) DO NOTHING;

-- name: blocks.next_proof
-- The word of another key.
INSERT INTO key_proof (id, proof) VALUES (1, :proof) ON CONFLICT (id) DO UPDATE SET proof = excluded.proof;
