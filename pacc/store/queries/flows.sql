-- Flows: what runs have in common, known by name.

-- name: flows.upsert
-- The id of the flow of that name, which is made if it was not there.
INSERT INTO flow (id, name, created, updated, tags, labels)
VALUES (:id, :name, :created, :updated, :tags, :labels)
ON CONFLICT (name) DO UPDATE SET updated = excluded.updated
RETURNING id;

-- name: flows.read
-- One flow by its id, all columns.
SELECT * FROM flow WHERE id = :id;

-- name: flows.by_name
-- One flow by its name, all columns.
SELECT * FROM flow WHERE name = :reference;

-- name: flows.by_prefix
-- Up to two flows whose ids begin with :reference: one answers, two do not.
SELECT * FROM flow WHERE id >= :reference AND id < :reference || 'g' ORDER BY id LIMIT 2;

-- name: flows.recent_names
-- Names to compare a mistyped one with.
SELECT name FROM flow ORDER BY id DESC LIMIT 2000;

-- name: flows.delete
-- A flow without runs; nothing is returned if it was not there.
DELETE FROM flow WHERE id = :id RETURNING id;

-- name: flows.id_by_name
-- The id of the flow of that name.
SELECT id FROM flow WHERE name = :name;
