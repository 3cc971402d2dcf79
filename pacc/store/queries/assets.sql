-- Assets: known by key, made anew by runs.

-- name: assets.put
-- Make an asset known; what is told of it is kept, what is null stays as it is.
INSERT INTO asset (key, created, updated, name, url, description, owners)
VALUES (:key, :now, :now, :name, :url, :description, :owners)
ON CONFLICT (key) DO UPDATE SET
    name = coalesce(excluded.name, asset.name),
    url = coalesce(excluded.url, asset.url),
    description = coalesce(excluded.description, asset.description),
    owners = coalesce(excluded.owners, asset.owners),
    updated = excluded.updated;

-- name: assets.materialized
-- Note when an asset was made anew, or when that failed.
UPDATE asset SET
    last_succeeded = CASE WHEN :succeeded THEN :now ELSE last_succeeded END,
    last_failed = CASE WHEN :succeeded THEN last_failed ELSE :now END,
    updated = :now
WHERE key = :key;

-- name: assets.record
-- One time an asset was made anew, or was not.
INSERT INTO asset_materialization (
    id, asset_key, occurred, succeeded, materialized_by, upstream, metadata, flow_run_id, task_run_id, run_name
) VALUES (
    :id, :key, :now, :succeeded, :materialized_by, :upstream, :metadata, :flow_run_id, :task_run_id, :run_name
);

-- name: assets.read
-- One asset by its key.
SELECT * FROM asset WHERE key = :key;

-- name: assets.select
-- Assets by key whose keys begin with :prefix and hold :search, whatever the case; null asks for nothing.
SELECT * FROM asset
WHERE (:prefix IS NULL OR substr(key, 1, length(:prefix)) = :prefix)
    AND (:search IS NULL OR lower(key) LIKE '%' || lower(:search) || '%' ESCAPE char(92))
ORDER BY key
LIMIT :limit;

-- name: assets.materializations
-- When an asset was made anew and by what, the newest first.
SELECT * FROM asset_materialization WHERE asset_key = :key ORDER BY id DESC LIMIT :limit;

-- name: assets.downstream
-- The assets that were made of this one.
SELECT DISTINCT asset_key FROM asset_materialization
WHERE replace(upstream, :quoted, '') <> upstream
ORDER BY asset_key;

-- name: assets.keys
-- Keys to compare a mistyped one with.
SELECT key FROM asset ORDER BY key LIMIT 2000;

-- name: assets.delete
-- An asset with its history; nothing is returned if it was not there.
DELETE FROM asset WHERE key = :key RETURNING key;
