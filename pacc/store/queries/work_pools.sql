-- Work pools: where runs wait for workers. An open run is one that a process answers for.

-- name: work_pools.insert
-- A new pool, without queues; nothing is returned if the name is taken.
INSERT INTO work_pool (id, name, created, updated, type, description, base_job_template, is_paused, concurrency_limit)
VALUES (:id, :name, :now, :now, :type, :description, :base_job_template, :is_paused, :concurrency_limit)
ON CONFLICT (name) DO NOTHING
RETURNING id;

-- name: work_pools.update
-- A pool becomes as wished; nothing is returned if there is none of that name.
UPDATE work_pool SET
    updated = :now,
    type = :type,
    description = :description,
    base_job_template = :base_job_template,
    is_paused = :is_paused,
    concurrency_limit = :concurrency_limit
WHERE name = :name
RETURNING id;

-- name: work_pools.select
-- Every pool by name, or the one of a name or an id, with its default queue and how many of its runs are open.
SELECT
    work_pool.*,
    (SELECT work_queue.id FROM work_queue WHERE work_queue.work_pool_id = work_pool.id AND work_queue.name = 'default')
        AS default_queue_id,
    (
        SELECT count(*) FROM flow_run
        WHERE flow_run.work_pool_name = work_pool.name
            AND flow_run.session IS NOT NULL
            AND flow_run.process IS NOT NULL
            AND flow_run.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    ) AS active_slots
FROM work_pool
WHERE (:name IS NULL OR work_pool.name = :name) AND (:id IS NULL OR work_pool.id = :id)
ORDER BY work_pool.name;

-- name: work_pools.names
-- Names to compare a mistyped one with.
SELECT name FROM work_pool ORDER BY name;

-- name: work_pools.by_prefix
-- Up to two pools whose ids begin with :reference: one answers, two do not.
SELECT * FROM work_pool WHERE id >= :reference AND id < :reference || 'g' ORDER BY id LIMIT 2;

-- name: work_pools.delete
-- One pool with its queues and workers; nothing is returned if it was not there.
DELETE FROM work_pool WHERE name = :name RETURNING id;

-- name: work_pools.leave
-- The deployments of a pool that goes have none any more.
UPDATE deployment SET work_pool_name = NULL, work_queue_name = NULL, updated = :now WHERE work_pool_name = :name;

-- name: work_pools.open_runs
-- The runs that take a place in a pool, the longest first.
SELECT id, name, state_name, state_time, work_queue_name
FROM flow_run
WHERE work_pool_name = :name
    AND session IS NOT NULL
    AND process IS NOT NULL
    AND state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
ORDER BY state_time, id;

-- name: work_pools.waiting
-- The runs that wait in a pool and are due by :before, those of a queue, or of all where :queue is null, as they would be taken.
SELECT flow_run.*
FROM flow_run
JOIN work_pool ON work_pool.name = flow_run.work_pool_name
JOIN work_queue ON work_queue.work_pool_id = work_pool.id AND work_queue.name = flow_run.work_queue_name
WHERE flow_run.work_pool_name = :name
    AND flow_run.state_type = 'SCHEDULED'
    AND flow_run.next_scheduled_start_time <= :before
    AND (:queue IS NULL OR work_queue.name = :queue)
ORDER BY work_queue.priority, flow_run.next_scheduled_start_time, flow_run.id
LIMIT :limit;

-- name: work_pools.has_work
-- Something where a run of a pool is open, or waits in a state of another name than :aside.
SELECT 1 AS found FROM flow_run
WHERE work_pool_name = :pool
    AND state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    AND state_name <> :aside
LIMIT 1;
