-- Flows: what runs have in common, known by name.

-- name: flows.upsert
-- The id of the flow of that name, which is made if it was not there.
INSERT INTO flow (id, name, created, updated, tags, labels)
VALUES (:id, :name, :created, :updated, :tags, :labels)
ON CONFLICT (name) DO UPDATE SET updated = excluded.updated
RETURNING id;
