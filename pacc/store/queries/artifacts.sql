-- Artifacts: made, changed, found by key, removed.

-- name: artifacts.insert
-- A new artifact, all columns by name.
INSERT INTO artifact (id, created, updated, key, type, description, data, metadata, flow_run_id, task_run_id)
VALUES (:id, :now, :now, :key, :type, :description, :data, :metadata, :flow_run_id, :task_run_id)
RETURNING *;

-- name: artifacts.update
-- Change an artifact; what is null stays as it is, and nothing is returned if it was not there.
UPDATE artifact SET
    description = coalesce(:description, description),
    data = coalesce(:data, data),
    metadata = coalesce(:metadata, metadata),
    updated = :now
WHERE id = :id AND (:type IS NULL OR type = :type)
RETURNING *;

-- name: artifacts.read
-- One artifact by its id, all columns.
SELECT * FROM artifact WHERE id = :id;

-- name: artifacts.latest
-- The newest artifact of a key.
SELECT * FROM artifact WHERE key = :key ORDER BY id DESC LIMIT 1;

-- name: artifacts.versions
-- The artifacts of a key, the newest first.
SELECT * FROM artifact WHERE key = :key ORDER BY id DESC LIMIT :limit;

-- name: artifacts.number_of_versions
-- How many artifacts a key has.
SELECT count(*) AS versions FROM artifact WHERE key = :key;

-- name: artifacts.by_prefix
-- Up to two artifacts whose ids begin with :reference: one answers, two do not.
SELECT * FROM artifact WHERE id >= :reference AND id < :reference || 'g' ORDER BY id LIMIT 2;

-- name: artifacts.keys
-- Keys to compare a mistyped one with.
SELECT DISTINCT key FROM artifact WHERE key IS NOT NULL ORDER BY key LIMIT 2000;

-- name: artifacts.delete
-- One artifact; nothing is returned if it was not there.
DELETE FROM artifact WHERE id = :id RETURNING id;

-- name: artifacts.delete_key
-- All artifacts of a key.
DELETE FROM artifact WHERE key = :key RETURNING id;
