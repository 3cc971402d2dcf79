-- What has been kept for long enough. Everything is deleted in pieces so small that nobody else waits for long.

-- name: retention.old_flow_runs
-- Some flow runs that ended before :before, were made before the id :bound, were called by none that is still there, and called
-- none that is still open; the oldest first.
SELECT id FROM flow_run
WHERE id < :bound
    AND state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    AND coalesce(end_time, state_time) < :before
    AND NOT EXISTS (SELECT 1 FROM flow_run AS parent WHERE parent.id = flow_run.parent_flow_run_id)
    AND NOT EXISTS (
        SELECT 1 FROM flow_run AS called
        WHERE called.root_flow_run_id = flow_run.id
            AND called.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    )
ORDER BY id
LIMIT :limit;

-- name: retention.called_by
-- Some flow runs that the given ones called, at any depth.
SELECT id FROM flow_run
WHERE root_flow_run_id IN (SELECT value FROM json_each(:ids)) AND id <> root_flow_run_id
LIMIT :limit;

-- name: retention.delete_task_runs
-- Some task runs of the given flow runs.
DELETE FROM task_run
WHERE id IN (SELECT id FROM task_run WHERE flow_run_id IN (SELECT value FROM json_each(:ids)) LIMIT :limit)
RETURNING id;

-- name: retention.delete_flow_runs
-- The given flow runs.
DELETE FROM flow_run WHERE id IN (SELECT value FROM json_each(:ids)) RETURNING id;

-- name: retention.old_lone_task_runs
-- Some task runs outside of flows that ended before :before and were made before the id :bound.
SELECT id FROM task_run
WHERE flow_run_id IS NULL
    AND id < :bound
    AND state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    AND coalesce(end_time, state_time) < :before
ORDER BY id
LIMIT :limit;

-- name: retention.delete_lone_task_runs
-- The given task runs.
DELETE FROM task_run WHERE id IN (SELECT value FROM json_each(:ids)) RETURNING id;

-- name: retention.old_logs
-- Some flow runs that ended before :before and still have a log file.
SELECT id FROM flow_run
WHERE id < :bound
    AND log_file IS NOT NULL
    AND state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    AND coalesce(end_time, state_time) < :before
LIMIT :limit;

-- name: retention.forget_logs
-- The given flow runs have no log file any more.
UPDATE flow_run SET log_file = NULL WHERE id IN (SELECT value FROM json_each(:ids)) RETURNING id;

-- name: retention.left_results
-- Some results written before :before whose runs are gone, after the place :created, :key; those of a cache that is no run's stay.
SELECT * FROM result
WHERE created < :before
    AND (created, key) > (:created, :key)
    AND coalesce(flow_run_id, task_run_id) IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM flow_run WHERE flow_run.id = result.flow_run_id)
    AND NOT EXISTS (SELECT 1 FROM task_run WHERE task_run.id = result.task_run_id)
ORDER BY created, key
LIMIT :limit;

-- name: retention.reused
-- What task runs refer to that reused the result of another one.
SELECT DISTINCT state_data FROM task_run WHERE state_name = 'Cached' AND state_data IS NOT NULL;

-- name: retention.delete_artifacts
-- Some artifacts made before the id :bound whose runs are gone, but none that is the latest of its key.
DELETE FROM artifact
WHERE id IN (
    SELECT old.id FROM artifact AS old
    WHERE old.id < :bound
        AND coalesce(old.flow_run_id, old.task_run_id) IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM flow_run WHERE flow_run.id = old.flow_run_id)
        AND NOT EXISTS (SELECT 1 FROM task_run WHERE task_run.id = old.task_run_id)
        AND (
            old.key IS NULL
            OR EXISTS (SELECT 1 FROM artifact AS later WHERE later.key = old.key AND later.id > old.id)
        )
    LIMIT :limit
)
RETURNING id;

-- name: retention.delete_background_tasks
-- What was kept for task runs that are about to go, so that a worker could run them.
DELETE FROM background_task WHERE task_run_id IN (SELECT value FROM json_each(:ids)) RETURNING task_run_id;
