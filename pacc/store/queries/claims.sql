-- Claims: runs that are due are taken by one runner each, as far as limits leave room. An open run is one that a process answers
-- for; runs that a flow calls itself have no process of their own and take no room.

-- name: claims.due_of_served
-- The runs that are due of the deployments a session serves, first those that were due first; not of those without room.
SELECT flow_run.id
FROM flow_run
WHERE flow_run.state_type = 'SCHEDULED'
    AND flow_run.session IS NULL
    AND flow_run.next_scheduled_start_time <= :now
    AND EXISTS (
        SELECT 1 FROM serving WHERE serving.session = :session AND serving.deployment_id = flow_run.deployment_id
    )
    AND flow_run.deployment_id NOT IN (
        SELECT deployment.id
        FROM serving JOIN deployment ON deployment.id = serving.deployment_id
        WHERE serving.session = :session AND deployment.concurrency_limit <= (
            SELECT count(*) FROM flow_run AS open
            WHERE open.deployment_id = deployment.id
                AND open.session IS NOT NULL
                AND open.process IS NOT NULL
                AND open.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
        )
    )
ORDER BY flow_run.next_scheduled_start_time, flow_run.id
LIMIT :limit;

-- name: claims.due_in_pool
-- The runs that are due by :now in a work pool, in those of its queues that :queues names, a JSON array, or in all: by the priority
-- of their queue first, then by their own, then by their time. None where the pool or the queue is paused, none for which a limit
-- leaves no room, and none that comes after a run which has not ended.
SELECT flow_run.id
FROM flow_run
JOIN work_pool ON work_pool.name = flow_run.work_pool_name
JOIN work_queue ON work_queue.work_pool_id = work_pool.id AND work_queue.name = flow_run.work_queue_name
WHERE flow_run.state_type = 'SCHEDULED'
    AND flow_run.session IS NULL
    AND flow_run.next_scheduled_start_time <= :now
    AND flow_run.work_pool_name = :pool
    AND NOT work_pool.is_paused
    AND NOT work_queue.is_paused
    AND (:queues IS NULL OR work_queue.name IN (SELECT value FROM json_each(:queues)))
    AND NOT EXISTS (
        SELECT 1
        FROM json_each(coalesce(json_extract(flow_run.labels, '$."pacc.after"'), '[]')) AS earlier
        JOIN flow_run AS awaited ON awaited.id = earlier.value
        WHERE awaited.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    )
    AND (
        work_pool.concurrency_limit IS NULL
        OR work_pool.concurrency_limit > (
            SELECT count(*) FROM flow_run AS open
            WHERE open.work_pool_name = :pool
                AND open.session IS NOT NULL
                AND open.process IS NOT NULL
                AND open.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
        )
    )
    AND work_queue.id NOT IN (
        SELECT queue.id FROM work_queue AS queue
        WHERE queue.work_pool_id = work_pool.id AND queue.concurrency_limit <= (
            SELECT count(*) FROM flow_run AS open
            WHERE open.work_pool_name = :pool
                AND open.work_queue_name = queue.name
                AND open.session IS NOT NULL
                AND open.process IS NOT NULL
                AND open.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
        )
    )
    AND flow_run.deployment_id NOT IN (
        SELECT deployment.id FROM deployment
        WHERE deployment.work_pool_name = :pool AND deployment.concurrency_limit <= (
            SELECT count(*) FROM flow_run AS open
            WHERE open.deployment_id = deployment.id
                AND open.session IS NOT NULL
                AND open.process IS NOT NULL
                AND open.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
        )
    )
ORDER BY
    work_queue.priority,
    coalesce(json_extract(flow_run.labels, '$."pacc.priority"'), 0) DESC,
    flow_run.next_scheduled_start_time,
    flow_run.id
LIMIT :limit;

-- name: claims.next_of_served
-- When the first run is due after :now of the deployments a session serves.
SELECT flow_run.next_scheduled_start_time AS due
FROM flow_run
WHERE flow_run.state_type = 'SCHEDULED'
    AND flow_run.session IS NULL
    AND flow_run.next_scheduled_start_time > :now
    AND EXISTS (
        SELECT 1 FROM serving WHERE serving.session = :session AND serving.deployment_id = flow_run.deployment_id
    )
ORDER BY flow_run.next_scheduled_start_time
LIMIT 1;

-- name: claims.next_in_pool
-- When the first run is due after :now in a work pool, in those of its queues that :queues names, a JSON array, or in all.
SELECT next_scheduled_start_time AS due
FROM flow_run
WHERE state_type = 'SCHEDULED'
    AND session IS NULL
    AND next_scheduled_start_time > :now
    AND work_pool_name = :pool
    AND (:queues IS NULL OR work_queue_name IN (SELECT value FROM json_each(:queues)))
ORDER BY next_scheduled_start_time
LIMIT 1;

-- name: claims.claim
-- At most :limit of the runs in :candidates, a JSON array of ids, as far as they still wait and the limits of their deployment,
-- work queue and work pool leave room. Candidates for which there was no room when they were read must not be among them: they would
-- keep the place of another.
WITH candidate AS (
    SELECT
        asked.key AS place,
        flow_run.id,
        flow_run.deployment_id,
        flow_run.work_pool_name,
        flow_run.work_queue_name,
        row_number() OVER (PARTITION BY flow_run.deployment_id ORDER BY asked.key) AS number
    FROM json_each(:candidates) AS asked JOIN flow_run ON flow_run.id = asked.value
    WHERE flow_run.state_type = 'SCHEDULED' AND flow_run.session IS NULL
),
of_deployment AS (
    SELECT
        candidate.*,
        row_number() OVER (PARTITION BY candidate.work_pool_name, candidate.work_queue_name ORDER BY candidate.place) AS queued
    FROM candidate LEFT JOIN deployment ON deployment.id = candidate.deployment_id
    WHERE deployment.concurrency_limit IS NULL
        OR candidate.number + (
            SELECT count(*) FROM flow_run AS open
            WHERE open.deployment_id = deployment.id
                AND open.session IS NOT NULL
                AND open.process IS NOT NULL
                AND open.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
        ) <= deployment.concurrency_limit
),
of_queue AS (
    SELECT
        of_deployment.*,
        work_pool.concurrency_limit AS pool_limit,
        row_number() OVER (PARTITION BY of_deployment.work_pool_name ORDER BY of_deployment.place) AS pooled
    FROM of_deployment
    LEFT JOIN work_pool ON work_pool.name = of_deployment.work_pool_name
    LEFT JOIN work_queue
        ON work_queue.work_pool_id = work_pool.id AND work_queue.name = of_deployment.work_queue_name
    WHERE work_queue.concurrency_limit IS NULL
        OR of_deployment.queued + (
            SELECT count(*) FROM flow_run AS open
            WHERE open.work_pool_name = of_deployment.work_pool_name
                AND open.work_queue_name = of_deployment.work_queue_name
                AND open.session IS NOT NULL
                AND open.process IS NOT NULL
                AND open.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
        ) <= work_queue.concurrency_limit
),
of_pool AS (
    SELECT of_queue.id, of_queue.place
    FROM of_queue
    WHERE of_queue.pool_limit IS NULL
        OR of_queue.pooled + (
            SELECT count(*) FROM flow_run AS open
            WHERE open.work_pool_name = of_queue.work_pool_name
                AND open.session IS NOT NULL
                AND open.process IS NOT NULL
                AND open.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
        ) <= of_queue.pool_limit
)
UPDATE flow_run SET
    state_type = 'PENDING',
    state_name = 'Pending',
    state_message = NULL,
    state_time = :now,
    state_details = NULL,
    state_data = NULL,
    version = version + 1,
    updated = :now,
    session = :session,
    process = :process,
    infrastructure_pid = NULL,
    history = history || char(10) || '{"t":' || :now || ',"type":"PENDING","name":"Pending","n":' || run_count
        || CASE WHEN attempt > 1 THEN ',"a":' || attempt ELSE '' END || '}'
WHERE id IN (SELECT of_pool.id FROM of_pool ORDER BY of_pool.place LIMIT :limit)
RETURNING id, name, deployment_id, next_scheduled_start_time;

-- name: claims.pending
-- What a session has claimed and nobody has begun.
SELECT id FROM flow_run
WHERE state_type = 'PENDING'
    AND state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    AND session = :session;

-- name: claims.collisions
-- Runs that are due of the deployments a session serves, and find no room and do not say so yet.
SELECT flow_run.id
FROM flow_run
WHERE flow_run.state_type = 'SCHEDULED'
    AND flow_run.session IS NULL
    AND flow_run.next_scheduled_start_time <= :now
    AND flow_run.state_name <> 'AwaitingConcurrencySlot'
    AND flow_run.deployment_id IN (
        SELECT deployment.id
        FROM serving JOIN deployment ON deployment.id = serving.deployment_id
        WHERE serving.session = :session AND deployment.concurrency_limit <= (
            SELECT count(*) FROM flow_run AS open
            WHERE open.deployment_id = deployment.id
                AND open.session IS NOT NULL
                AND open.process IS NOT NULL
                AND open.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
        )
    )
LIMIT 500;

-- name: claims.collisions_in_pool
-- Runs that are due of the deployments of a work pool, and find no room in their deployment and do not say so yet.
SELECT flow_run.id
FROM flow_run
WHERE flow_run.state_type = 'SCHEDULED'
    AND flow_run.session IS NULL
    AND flow_run.next_scheduled_start_time <= :now
    AND flow_run.state_name <> 'AwaitingConcurrencySlot'
    AND flow_run.work_pool_name = :pool
    AND flow_run.deployment_id IN (
        SELECT deployment.id
        FROM deployment
        WHERE deployment.work_pool_name = :pool AND deployment.concurrency_limit <= (
            SELECT count(*) FROM flow_run AS open
            WHERE open.deployment_id = deployment.id
                AND open.session IS NOT NULL
                AND open.process IS NOT NULL
                AND open.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
        )
    )
LIMIT 500;

-- name: claims.collide
-- The runs in :candidates, a JSON array of ids, that still wait and find no room: they wait for a slot and say so, or are cancelled,
-- as their deployment wishes.
UPDATE flow_run SET
    state_type = CASE WHEN collision.cancels THEN 'CANCELLED' ELSE 'SCHEDULED' END,
    state_name = CASE WHEN collision.cancels THEN 'Cancelled' ELSE 'AwaitingConcurrencySlot' END,
    state_message = :message,
    state_time = :now,
    state_details = CASE WHEN collision.cancels THEN NULL ELSE flow_run.state_details END,
    version = flow_run.version + 1,
    updated = :now,
    next_scheduled_start_time = CASE WHEN collision.cancels THEN NULL ELSE flow_run.next_scheduled_start_time END,
    end_time = CASE WHEN collision.cancels THEN :now ELSE flow_run.end_time END,
    history = flow_run.history || char(10) || '{"t":' || :now || ',"type":"'
        || CASE WHEN collision.cancels THEN 'CANCELLED","name":"Cancelled' ELSE 'SCHEDULED","name":"AwaitingConcurrencySlot' END
        || '","n":' || flow_run.run_count || CASE WHEN flow_run.attempt > 1 THEN ',"a":' || flow_run.attempt ELSE '' END
        || ',"message":' || :quoted_message
        || CASE
            WHEN collision.cancels OR flow_run.state_details IS NULL THEN ''
            ELSE ',"details":' || flow_run.state_details
        END || '}'
FROM (
    SELECT
        waiting.id,
        coalesce(json_extract(deployment.concurrency_options, '$.collision_strategy'), 'ENQUEUE') = 'CANCEL_NEW' AS cancels
    FROM json_each(:candidates) AS asked
    JOIN flow_run AS waiting ON waiting.id = asked.value
    JOIN deployment ON deployment.id = waiting.deployment_id
    WHERE waiting.state_type = 'SCHEDULED'
        AND waiting.session IS NULL
        AND waiting.state_name <> 'AwaitingConcurrencySlot'
        AND deployment.concurrency_limit <= (
            SELECT count(*) FROM flow_run AS open
            WHERE open.deployment_id = deployment.id
                AND open.session IS NOT NULL
                AND open.process IS NOT NULL
                AND open.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
        )
) AS collision
WHERE flow_run.id = collision.id
RETURNING flow_run.id, flow_run.name, flow_run.state_name;

-- name: claims.give_back
-- The runs of deployments that a session claimed and nobody began wait again, all of them or the one in :id: at once the first time,
-- then for twice as long each time. Those that were given back :tries times stay: beginning them must be what fails.
WITH failed AS (
    SELECT
        id,
        :now + CASE times WHEN 1 THEN 0 ELSE 1000000 * (1 << (times - 2)) END AS due
    FROM (
        SELECT id, (length(history) - length(replace(history, '"type":"PENDING"', ''))) / 16 AS times
        FROM flow_run
        WHERE session = :session
            AND (:id IS NULL OR id = :id)
            AND state_type = 'PENDING'
            AND state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
            AND process IS NOT NULL
            AND deployment_id IS NOT NULL
    )
    WHERE times < :tries
)
UPDATE flow_run SET
    state_type = 'SCHEDULED',
    state_name = 'Scheduled',
    state_message = :message,
    state_time = :now,
    state_details = '{"scheduled_time":"' || strftime('%Y-%m-%dT%H:%M:%f', failed.due / 1000000.0, 'unixepoch') || '+00:00"}',
    version = version + 1,
    updated = :now,
    next_scheduled_start_time = failed.due,
    session = NULL,
    process = NULL,
    infrastructure_pid = NULL,
    history = history || char(10) || '{"t":' || :now || ',"type":"SCHEDULED","name":"Scheduled","n":' || run_count
        || CASE WHEN attempt > 1 THEN ',"a":' || attempt ELSE '' END
        || ',"message":' || :quoted_message || ',"details":{"scheduled_time":"'
        || strftime('%Y-%m-%dT%H:%M:%f', failed.due / 1000000.0, 'unixepoch') || '+00:00"}}'
FROM failed
WHERE flow_run.id = failed.id AND flow_run.session = :session AND flow_run.state_type = 'PENDING'
RETURNING flow_run.id, flow_run.name;

-- name: claims.give_up
-- A run that a session claimed and that cannot be begun has crashed.
UPDATE flow_run SET
    state_type = 'CRASHED',
    state_name = 'Crashed',
    state_message = :message,
    state_time = :now,
    state_details = NULL,
    version = version + 1,
    updated = :now,
    next_scheduled_start_time = NULL,
    end_time = :now,
    history = history || char(10) || '{"t":' || :now || ',"type":"CRASHED","name":"Crashed","n":' || run_count
        || CASE WHEN attempt > 1 THEN ',"a":' || attempt ELSE '' END
        || ',"message":' || :quoted_message || '}'
WHERE id = :id AND session = :session AND state_type = 'PENDING' AND process IS NOT NULL
RETURNING id, name;
