-- Variables: values under names.

-- name: variables.set
-- The row after it was set; nothing is returned if the name is taken and :overwrite is 0.
INSERT INTO variable (id, name, value, tags, created, updated)
VALUES (:id, :name, :value, :tags, :now, :now)
ON CONFLICT (name) DO UPDATE SET
    value = excluded.value,
    tags = excluded.tags,
    updated = excluded.updated
WHERE :overwrite
RETURNING *;

-- name: variables.update
-- The row after what is not null was changed; nothing is returned if there is no such variable.
UPDATE variable
SET value = coalesce(:value, value), tags = coalesce(:tags, tags), updated = :now
WHERE name = :name
RETURNING *;

-- name: variables.value
-- The value of one.
SELECT value FROM variable WHERE name = :name;

-- name: variables.read
-- One by its name.
SELECT * FROM variable WHERE name = :name;

-- name: variables.select
-- All of them by name, :limit at most.
SELECT * FROM variable ORDER BY name LIMIT :limit;

-- name: variables.names
-- Names to compare a mistyped one with.
SELECT name FROM variable ORDER BY updated DESC LIMIT 2000;

-- name: variables.delete
-- One by its name; nothing is returned if it was not there.
DELETE FROM variable WHERE name = :name RETURNING name;
