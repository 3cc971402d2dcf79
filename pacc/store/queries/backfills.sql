-- Backfills: runs of a deployment for times that lie in the past.

-- name: backfills.insert
-- A new backfill, all columns by name.
INSERT INTO backfill (id, deployment_id, created, updated, first, last, mode, max_active, parameters, moments)
VALUES (:id, :deployment_id, :now, :now, :first, :last, :mode, :max_active, :parameters, :moments);

-- name: backfills.read
-- One backfill by its id.
SELECT * FROM backfill WHERE id = :id;

-- name: backfills.by_prefix
-- Up to two backfills whose ids begin with :reference: one answers, two do not.
SELECT * FROM backfill WHERE id >= :reference AND id < :reference || 'g' ORDER BY id LIMIT 2;

-- name: backfills.last
-- The newest backfill.
SELECT * FROM backfill ORDER BY id DESC LIMIT 1;

-- name: backfills.select
-- Backfills, the newest first.
SELECT * FROM backfill ORDER BY id DESC LIMIT :limit;

-- name: backfills.open
-- Those that are not over, the oldest first.
SELECT * FROM backfill WHERE state = 'RUNNING' ORDER BY id;

-- name: backfills.runs
-- How many runs of a backfill there are in each type of state; :beginning and :end bound their idempotency keys.
SELECT state_type, count(*) AS number FROM flow_run
WHERE flow_id = :flow_id AND idempotency_key >= :beginning AND idempotency_key < :end
GROUP BY state_type;

-- name: backfills.known_times
-- The times that a deployment has runs for from :first to :last, with the state of the newest run of each.
SELECT expected_start_time AS time, state_type, max(id) AS id FROM flow_run
WHERE deployment_id = :deployment_id AND expected_start_time BETWEEN :first AND :last
GROUP BY expected_start_time;

-- name: backfills.proceed
-- So many runs were made; nothing is returned if somebody else made them meanwhile, or it is over.
UPDATE backfill SET made = :made, updated = :now
WHERE id = :id AND made = :seen AND state = 'RUNNING'
RETURNING id;

-- name: backfills.finish
-- It is over; nothing is returned if it was before.
UPDATE backfill SET state = :state, updated = :now WHERE id = :id AND state = 'RUNNING' RETURNING id;

-- name: backfills.waiting
-- Its runs that nobody has begun.
SELECT id FROM flow_run
WHERE flow_id = :flow_id
    AND idempotency_key >= :beginning
    AND idempotency_key < :end
    AND state_type = 'SCHEDULED'
    AND session IS NULL
LIMIT 500;
