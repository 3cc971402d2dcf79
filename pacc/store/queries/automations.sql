-- Automations, and when they fired.

-- name: automations.insert
-- A new automation; it minds what happens from now on.
INSERT INTO automation (id, created, updated, name, description, enabled, tags, definition, owner_resource, since)
VALUES (
    :id, :now, :now, :name, :description, :enabled, :tags, :definition, :owner_resource,
    coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0)
)
RETURNING *;

-- name: automations.update
-- Another definition for one; it begins anew, with what happens from now on. Nothing is returned if it was not there.
UPDATE automation SET
    updated = :now,
    name = :name,
    description = :description,
    enabled = :enabled,
    tags = :tags,
    definition = :definition,
    owner_resource = :owner_resource,
    since = coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0),
    version = version + 1,
    stopped = NULL
WHERE id = :id
RETURNING *;

-- name: automations.enable
-- One that was paused begins anew, with what happens from now on.
UPDATE automation SET
    updated = :now,
    enabled = 1,
    since = coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0),
    version = version + 1,
    stopped = NULL
WHERE id = :id AND (enabled = 0 OR stopped IS NOT NULL)
RETURNING id;

-- name: automations.disable
-- One fires no longer; :stopped says why where nobody asked for it.
UPDATE automation SET updated = :now, enabled = 0, version = version + 1, stopped = :stopped
WHERE id = :id AND enabled = 1
RETURNING id;

-- name: automations.forget
-- What the triggers of one have seen.
DELETE FROM trigger_memory WHERE automation_id = :id;

-- name: automations.read
-- One by its id.
SELECT * FROM automation WHERE id = :id;

-- name: automations.by_name
-- Those of a name, the oldest first.
SELECT * FROM automation WHERE name = :name ORDER BY id;

-- name: automations.by_prefix
-- Up to two whose ids begin with :reference: one answers, two do not.
SELECT * FROM automation WHERE id >= :reference AND id < :reference || 'g' ORDER BY id LIMIT 2;

-- name: automations.by_owner
-- Those that a resource owns.
SELECT * FROM automation WHERE owner_resource = :owner_resource ORDER BY id;

-- name: automations.select
-- All of them by name.
SELECT * FROM automation ORDER BY name, id;

-- name: automations.names
-- Names to compare a mistyped one with.
SELECT name FROM automation ORDER BY updated DESC LIMIT 2000;

-- name: automations.delete
-- One by its id; nothing is returned if it was not there.
DELETE FROM automation WHERE id = :id RETURNING id;

-- name: automations.delete_owned
-- Those that a resource owns, except some.
DELETE FROM automation
WHERE owner_resource = :owner_resource AND id NOT IN (SELECT value FROM json_each(:kept))
RETURNING id;

-- name: automations.firings
-- When one fired, the latest first.
SELECT * FROM automation_firing WHERE automation_id = :id ORDER BY id DESC LIMIT :limit;

-- name: automations.actions
-- What was done because of some firings, :ids being a JSON array.
SELECT * FROM automation_action WHERE firing_id IN (SELECT value FROM json_each(:ids)) ORDER BY firing_id, place;

-- name: automations.last_fired
-- When each fired last.
SELECT automation_id, max(fired) AS fired, count(*) AS times FROM automation_firing GROUP BY automation_id;

-- name: automations.prune
-- Some firings of long ago whose actions are all over.
DELETE FROM automation_firing
WHERE id IN (
    SELECT automation_firing.id FROM automation_firing
    WHERE automation_firing.id < :bound
        AND NOT EXISTS (
            SELECT 1 FROM automation_action
            WHERE automation_action.firing_id = automation_firing.id AND automation_action.status IN ('waiting', 'running')
        )
    LIMIT :limit
)
RETURNING id;
