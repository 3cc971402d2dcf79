-- Schedules: which have runs to make, and which of their runs may start. The schedule of a run stands in its key, which is
-- `scheduled DEPLOYMENT SCHEDULE TIME`.

-- name: scheduling.to_look_at
-- Some schedules that have something to make by :now, with what tells whether they have changed since.
SELECT deployment_schedule.*, deployment.flow_id AS flow_id, deployment.updated AS deployment_updated
FROM deployment_schedule JOIN deployment ON deployment.id = deployment_schedule.deployment_id
WHERE deployment_schedule.active = 1 AND deployment.paused = 0 AND deployment_schedule.look_at <= :now
ORDER BY deployment_schedule.look_at
LIMIT :limit;

-- name: scheduling.one
-- One schedule as `scheduling.to_look_at` has it.
SELECT deployment_schedule.*, deployment.flow_id AS flow_id, deployment.updated AS deployment_updated
FROM deployment_schedule JOIN deployment ON deployment.id = deployment_schedule.deployment_id
WHERE deployment_schedule.active = 1 AND deployment.paused = 0 AND deployment_schedule.id = :id;

-- name: scheduling.next_look
-- When a schedule has something to make next.
SELECT deployment_schedule.look_at AS look_at
FROM deployment_schedule JOIN deployment ON deployment.id = deployment_schedule.deployment_id
WHERE deployment_schedule.active = 1 AND deployment.paused = 0
ORDER BY deployment_schedule.look_at
LIMIT 1;

-- name: scheduling.looked
-- A schedule was looked at; nothing is returned where somebody changed it, or looked at it, since it was read.
UPDATE deployment_schedule SET made_until = :made_until, look_at = :look_at
WHERE id = :id
    AND active = 1
    AND updated = :updated
    AND look_at = :seen
    AND made_until IS :seen_made_until
    AND EXISTS (
        SELECT 1 FROM deployment
        WHERE deployment.id = deployment_schedule.deployment_id
            AND deployment.paused = 0
            AND deployment.updated = :deployment_updated
    )
RETURNING id;

-- name: scheduling.postpone
-- A schedule that cannot be looked at is looked at again later.
UPDATE deployment_schedule SET look_at = :look_at WHERE id = :id AND look_at = :seen RETURNING id;

-- name: scheduling.made
-- The keys of a schedule's runs from :first on.
SELECT idempotency_key FROM flow_run
WHERE flow_id = :flow_id AND idempotency_key >= :first AND idempotency_key < :end
ORDER BY idempotency_key;

-- name: scheduling.missed
-- Runs that schedules made and nobody began, due from :since to :bound, of schedules that do not make up for all of them.
SELECT flow_run.id, flow_run.next_scheduled_start_time AS due, deployment_schedule.id AS schedule_id, deployment_schedule.catchup
FROM flow_run JOIN deployment_schedule ON deployment_schedule.id = substr(flow_run.idempotency_key, 48, 36)
WHERE flow_run.state_type = 'SCHEDULED'
    AND flow_run.state_name IN ('Scheduled', 'Late')
    AND flow_run.next_scheduled_start_time BETWEEN :since AND :bound
    AND flow_run.auto_scheduled = 1
    AND flow_run.run_count = 0
    AND flow_run.session IS NULL
    AND deployment_schedule.catchup <> 'all'
ORDER BY flow_run.next_scheduled_start_time;

-- name: scheduling.wary
-- Schedules whose runs do not start beside each other.
SELECT id, deployment_id, overlap FROM deployment_schedule WHERE overlap <> 'allow';

-- name: scheduling.due
-- Runs due by :now that the given deployments' schedules made and nobody began.
SELECT id, next_scheduled_start_time AS due, substr(idempotency_key, 48, 36) AS schedule_id
FROM flow_run
WHERE state_type = 'SCHEDULED'
    AND next_scheduled_start_time <= :now
    AND deployment_id IN (SELECT value FROM json_each(:deployments))
    AND auto_scheduled = 1
    AND run_count = 0
    AND session IS NULL
ORDER BY next_scheduled_start_time;

-- name: scheduling.unfinished
-- Runs that the given deployments' schedules made and that have begun and not ended.
SELECT id, state_type, substr(idempotency_key, 48, 36) AS schedule_id
FROM flow_run
WHERE state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    AND deployment_id IN (SELECT value FROM json_each(:deployments))
    AND auto_scheduled = 1
    AND (state_type <> 'SCHEDULED' OR run_count > 0 OR session IS NOT NULL)
ORDER BY id;

-- name: scheduling.skip
-- The given runs never start, unless somebody has begun them meanwhile.
UPDATE flow_run SET
    state_type = 'CANCELLED',
    state_name = 'Skipped',
    state_message = :message,
    state_time = :now,
    state_details = NULL,
    version = version + 1,
    updated = :now,
    next_scheduled_start_time = NULL,
    end_time = :now,
    history = history || char(10) || '{"t":' || :now || ',"type":"CANCELLED","name":"Skipped","n":' || run_count
        || CASE WHEN attempt > 1 THEN ',"a":' || attempt ELSE '' END
        || ',"message":' || :quoted_message || '}'
WHERE id IN (SELECT value FROM json_each(:ids))
    AND state_type = 'SCHEDULED'
    AND run_count = 0
    AND session IS NULL
RETURNING id;

-- name: scheduling.looked_at_later
-- A schedule that was looked at later than now, as after a clock was set back.
SELECT id FROM deployment_schedule WHERE active = 1 AND made_until > :now LIMIT 1;

-- name: scheduling.take_back
-- Runs that were passed over and are due only after now.
DELETE FROM flow_run
WHERE state_type = 'CANCELLED'
    AND state_name = 'Skipped'
    AND auto_scheduled = 1
    AND run_count = 0
    AND expected_start_time > :now;

-- name: scheduling.look_again
-- Schedules that were looked at later than now are looked at now.
UPDATE deployment_schedule SET look_at = 0 WHERE active = 1 AND made_until > :now;
