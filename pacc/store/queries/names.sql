-- Names as they are completed while somebody types them: those from :beginning up to :beyond, :limit at most. Each reads few rows.
-- :before is the argument that stands before them.

-- name: names.artifact
-- Keys of artifacts.
SELECT DISTINCT key AS name FROM artifact WHERE key >= :beginning AND key < :beyond ORDER BY key LIMIT :limit;

-- name: names.asset
-- Keys of assets.
SELECT key AS name FROM asset WHERE key >= :beginning AND key < :beyond ORDER BY key LIMIT :limit;

-- name: names.automation
-- Automations.
SELECT DISTINCT name FROM automation WHERE name >= :beginning AND name < :beyond ORDER BY name LIMIT :limit;

-- name: names.backfill
-- Backfills, which have ids alone.
SELECT id AS name FROM backfill WHERE id >= :beginning AND id < :beyond ORDER BY id DESC LIMIT :limit;

-- name: names.block
-- Blocks as `type/name`.
SELECT block_type.slug || '/' || block_document.name AS name
FROM block_document JOIN block_type ON block_type.id = block_document.block_type_id
WHERE NOT block_document.is_anonymous
    AND block_type.slug || '/' || block_document.name >= :beginning
    AND block_type.slug || '/' || block_document.name < :beyond
ORDER BY 1 LIMIT :limit;

-- name: names.block_type
-- Kinds of blocks.
SELECT slug AS name FROM block_type WHERE slug >= :beginning AND slug < :beyond ORDER BY slug LIMIT :limit;

-- name: names.deployment
-- Deployments as `flow/name`.
SELECT flow.name || '/' || deployment.name AS name
FROM deployment JOIN flow ON flow.id = deployment.flow_id
WHERE flow.name || '/' || deployment.name >= :beginning AND flow.name || '/' || deployment.name < :beyond
ORDER BY 1 LIMIT :limit;

-- name: names.flow
-- Flows.
SELECT name FROM flow WHERE name >= :beginning AND name < :beyond ORDER BY name LIMIT :limit;

-- name: names.flow_run
-- Flow runs that begin so.
SELECT DISTINCT name FROM flow_run WHERE name >= :beginning AND name < :beyond ORDER BY name LIMIT :limit;

-- name: names.flow_run_newest
-- The newest flow runs, where nothing is typed yet.
SELECT DISTINCT name FROM (SELECT name FROM flow_run ORDER BY id DESC LIMIT :limit);

-- name: names.flow_run_id
-- Ids of flow runs.
SELECT id AS name FROM flow_run WHERE id >= :beginning AND id < :beyond ORDER BY id DESC LIMIT :limit;

-- name: names.limit
-- Limits that are no tag's.
SELECT name FROM concurrency_limit
WHERE name >= :beginning AND name < :beyond AND name NOT LIKE 'tag:%' ORDER BY name LIMIT :limit;

-- name: names.notification
-- Who is to be told.
SELECT name FROM notification_subscription
WHERE name >= :beginning AND name < :beyond ORDER BY name LIMIT :limit;

-- name: names.result
-- Keys of results among those kept last.
SELECT DISTINCT key AS name FROM (SELECT key FROM result ORDER BY created DESC LIMIT 2000)
WHERE key >= :beginning AND key < :beyond LIMIT :limit;

-- name: names.schedule
-- Slugs of schedules, ids of those that have none: those of the deployment before, of all where that is not its whole name.
SELECT DISTINCT coalesce(schedule.slug, schedule.id) AS name
FROM deployment_schedule AS schedule
JOIN deployment ON deployment.id = schedule.deployment_id
JOIN flow ON flow.id = deployment.flow_id
WHERE coalesce(schedule.slug, schedule.id) >= :beginning
    AND coalesce(schedule.slug, schedule.id) < :beyond
    AND (flow.name || '/' || deployment.name = :before OR instr(:before, '/') = 0)
ORDER BY 1 LIMIT :limit;

-- name: names.tag_limit
-- Tags that are limited.
SELECT substr(name, 5) AS name FROM concurrency_limit
WHERE name >= 'tag:' || :beginning AND name < 'tag:' || :beyond ORDER BY name LIMIT :limit;

-- name: names.task_run
-- Task runs among the newest: there is no index by name, and there are many.
SELECT DISTINCT name FROM (SELECT name FROM task_run ORDER BY id DESC LIMIT 2000)
WHERE name >= :beginning AND name < :beyond LIMIT :limit;

-- name: names.task_run_id
-- Ids of task runs.
SELECT id AS name FROM task_run WHERE id >= :beginning AND id < :beyond ORDER BY id DESC LIMIT :limit;

-- name: names.variable
-- Variables.
SELECT name FROM variable WHERE name >= :beginning AND name < :beyond ORDER BY name LIMIT :limit;

-- name: names.webhook
-- Webhooks.
SELECT name FROM webhook WHERE name >= :beginning AND name < :beyond ORDER BY name LIMIT :limit;

-- name: names.work_pool
-- Work pools.
SELECT name FROM work_pool WHERE name >= :beginning AND name < :beyond ORDER BY name LIMIT :limit;

-- name: names.work_queue
-- Work queues of all work pools.
SELECT DISTINCT name FROM work_queue WHERE name >= :beginning AND name < :beyond ORDER BY name LIMIT :limit;
