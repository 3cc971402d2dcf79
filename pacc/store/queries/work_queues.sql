-- Work queues: the rows in which the runs of a pool wait.

-- name: work_queues.insert
-- A new queue; nothing is returned if the pool has one of that name.
INSERT INTO work_queue (
    id, work_pool_id, name, created, updated, description, priority, is_paused, concurrency_limit, last_polled
) VALUES (:id, :work_pool_id, :name, :now, :now, :description, :priority, :is_paused, :concurrency_limit, NULL)
ON CONFLICT (work_pool_id, name) DO NOTHING
RETURNING id;

-- name: work_queues.update
-- A queue becomes as wished; nothing is returned if it is gone.
UPDATE work_queue SET
    updated = :now,
    name = :name,
    description = :description,
    is_paused = :is_paused,
    concurrency_limit = :concurrency_limit
WHERE id = :id
RETURNING id;

-- name: work_queues.place
-- A queue has another place.
UPDATE work_queue SET priority = :priority WHERE id = :id AND priority <> :priority;

-- name: work_queues.places
-- Which queue of a pool has which place.
SELECT id, priority FROM work_queue WHERE work_pool_id = :work_pool_id;

-- name: work_queues.select
-- The queues of every pool or of one, in the order they are looked into, or the one of an id, with how many of their runs are open.
SELECT
    work_queue.*,
    work_pool.name AS work_pool_name,
    (
        SELECT count(*) FROM flow_run
        WHERE flow_run.work_pool_name = work_pool.name
            AND flow_run.work_queue_name = work_queue.name
            AND flow_run.session IS NOT NULL
            AND flow_run.process IS NOT NULL
            AND flow_run.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    ) AS active_slots
FROM work_queue JOIN work_pool ON work_pool.id = work_queue.work_pool_id
WHERE (:pool IS NULL OR work_pool.name = :pool)
    AND (:name IS NULL OR work_queue.name = :name)
    AND (:id IS NULL OR work_queue.id = :id)
ORDER BY work_pool.name, work_queue.priority, work_queue.name;

-- name: work_queues.delete
-- One queue; nothing is returned if it was not there.
DELETE FROM work_queue WHERE id = :id RETURNING id;

-- name: work_queues.move_deployments
-- Deployments of a queue that goes, or is renamed, have another one.
UPDATE deployment SET work_queue_name = :to, updated = :now WHERE work_pool_name = :pool AND work_queue_name = :name;

-- name: work_queues.move_runs
-- Runs that have not ended and wait in a queue that goes, or is renamed, are in another one.
UPDATE flow_run SET work_queue_name = :to
WHERE work_pool_name = :pool
    AND work_queue_name = :name
    AND state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED');

-- name: work_queues.polled
-- A worker looks into queues of a pool, those that :queues names, a JSON array, or all.
UPDATE work_queue SET last_polled = :now
WHERE work_pool_id = :work_pool_id AND (:queues IS NULL OR name IN (SELECT value FROM json_each(:queues)));

-- name: work_queues.late
-- How many runs of a queue are late.
SELECT count(*) AS late FROM flow_run
WHERE work_pool_name = :pool AND work_queue_name = :name AND state_type = 'SCHEDULED' AND state_name = 'Late';
