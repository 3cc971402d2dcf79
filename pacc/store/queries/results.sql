-- Records of kept results: what was written where, and its digest.

-- name: results.record_batch
-- The journal's writing; the later record under a key replaces the earlier one, and so does its digest.
INSERT INTO result
SELECT * FROM (
    VALUES
    (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
)
WHERE column1 IS NOT NULL
ON CONFLICT (storage, key) DO UPDATE SET
    digest = excluded.digest,
    size = excluded.size,
    serializer = excluded.serializer,
    created = excluded.created,
    expiration = excluded.expiration,
    flow_run_id = excluded.flow_run_id,
    task_run_id = excluded.task_run_id,
    run_name = excluded.run_name;

-- name: results.read
-- One record by its place.
SELECT * FROM result WHERE storage = :storage AND key = :key;

-- name: results.select
-- The newest records; a null run lets all through.
SELECT * FROM result
WHERE :run_id IS NULL OR flow_run_id = :run_id OR task_run_id = :run_id
ORDER BY created DESC, key
LIMIT :limit;

-- name: results.by_key
-- Up to two records whose keys are, or begin with, :reference: one answers, two do not.
SELECT * FROM result
WHERE substr(key, 1, length(:reference)) = :reference
ORDER BY key != :reference, created DESC
LIMIT 2;

-- name: results.delete
-- One record; nothing is returned if it was not there.
DELETE FROM result WHERE storage = :storage AND key = :key RETURNING key;
