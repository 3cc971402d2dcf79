-- Webhooks: made, changed, found by the ends of their addresses, and what became of calls.

-- name: webhooks.insert
-- A new one; nothing is returned if the name is taken, or if :secret was encrypted with a key that is not in use any more.
INSERT INTO webhook (id, name, created, updated, description, slug, slug_digest, template, authentication, secret)
SELECT :id, :name, :now, :now, :description, :slug, :slug_digest, :template, :authentication, :secret
WHERE :proof IS NULL OR EXISTS (SELECT 1 FROM key_proof WHERE key_proof.proof = :proof)
ON CONFLICT (name) DO NOTHING
RETURNING *;

-- name: webhooks.update
-- The row after what is not null was changed; nothing is returned if there is no such webhook, or another one has the name.
UPDATE webhook SET
    name = coalesce(:name, name),
    description = coalesce(:description, description),
    template = coalesce(:template, template),
    enabled = coalesce(:enabled, enabled),
    updated = :now
WHERE id = :id AND NOT EXISTS (SELECT 1 FROM webhook AS other WHERE other.name = :name AND other.id <> :id)
RETURNING *;

-- name: webhooks.toggle
-- It may be called no longer, or again; nothing is returned if there is no such webhook.
UPDATE webhook SET enabled = 1 - enabled, updated = :now WHERE id = :id RETURNING *;

-- name: webhooks.readdress
-- Another end of the address; nothing is returned if there is no such webhook.
UPDATE webhook SET slug = :slug, slug_digest = :slug_digest, updated = :now WHERE id = :id RETURNING *;

-- name: webhooks.authenticate
-- What a caller has to show from now on; nothing is returned if there is no such webhook, or :secret was encrypted with a key that
-- is not in use any more.
UPDATE webhook SET authentication = :authentication, secret = :secret, updated = :now
WHERE id = :id AND (:proof IS NULL OR EXISTS (SELECT 1 FROM key_proof WHERE key_proof.proof = :proof))
RETURNING *;

-- name: webhooks.delete
-- One by its id; nothing is returned if it was not there.
DELETE FROM webhook WHERE id = :id RETURNING id;

-- name: webhooks.select
-- All of them by name.
SELECT * FROM webhook ORDER BY name;

-- name: webhooks.find
-- One by its id or its name.
SELECT * FROM webhook WHERE id = :reference OR name = :reference ORDER BY id = :reference DESC LIMIT 1;

-- name: webhooks.by_prefix
-- One by the beginning of its id, if there is but one.
SELECT * FROM webhook WHERE substr(id, 1, length(:reference)) = :reference LIMIT 2;

-- name: webhooks.by_slug
-- One by the digest of the end of its address.
SELECT * FROM webhook WHERE slug_digest = :slug_digest;

-- name: webhooks.names
-- Names to compare a mistyped one with.
SELECT name FROM webhook ORDER BY name LIMIT 2000;

-- name: webhooks.any
-- Whether there is one that may be called.
SELECT EXISTS (SELECT 1 FROM webhook WHERE enabled = 1) AS found;

-- name: webhooks.count
-- What became of calls since this was last written.
UPDATE webhook SET
    received = received + :received,
    refused = refused + :refused,
    last_received = coalesce(:last_received, last_received),
    last_refused = coalesce(:last_refused, last_refused),
    refusal = coalesce(:refusal, refusal)
WHERE id = :id;

-- name: webhooks.sealed
-- Every webhook that has a secret.
SELECT id, secret AS secrets FROM webhook WHERE secret IS NOT NULL;

-- name: webhooks.reseal
-- The same secrets, encrypted anew: :sealed is a JSON object of ids and texts.
UPDATE webhook
SET secret = (SELECT line.value FROM json_each(:sealed) AS line WHERE line.key = webhook.id)
WHERE id IN (SELECT line.key FROM json_each(:sealed) AS line);
