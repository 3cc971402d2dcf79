-- Run inputs: what people and programs hand to flow runs.

-- name: run_inputs.put
-- A value under a key; a later one under the same key takes its place.
INSERT INTO run_input (flow_run_id, key, id, created, updated, value, sender)
VALUES (:flow_run_id, :key, :id, :now, :now, :value, :sender)
ON CONFLICT (flow_run_id, key) DO UPDATE SET
    value = excluded.value,
    sender = excluded.sender,
    updated = excluded.updated;

-- name: run_inputs.read
-- One value by its key.
SELECT * FROM run_input WHERE flow_run_id = :flow_run_id AND key = :key;

-- name: run_inputs.select
-- Values whose keys begin so, the oldest first, without those already known, a JSON list of keys.
SELECT * FROM run_input
WHERE flow_run_id = :flow_run_id
    AND substr(key, 1, length(:key_prefix)) = :key_prefix
    AND key NOT IN (SELECT json_each.value FROM json_each(:exclude))
ORDER BY created, id
LIMIT :limit;

-- name: run_inputs.delete
-- One value; nothing is returned if it was not there.
DELETE FROM run_input WHERE flow_run_id = :flow_run_id AND key = :key RETURNING key;

-- name: run_inputs.tidy
-- Some values of flow runs that are gone; call it until nothing is returned.
DELETE FROM run_input
WHERE (flow_run_id, key) IN (
    SELECT run_input.flow_run_id, run_input.key
    FROM run_input LEFT JOIN flow_run ON flow_run.id = run_input.flow_run_id
    WHERE flow_run.id IS NULL
    LIMIT 2000
)
RETURNING key;
