-- Checkpoints: results of finished tasks, kept until their flow run completes. Those of nested flow runs belong to the one that no
-- other one called.

-- name: checkpoints.record_batch
-- The journal's writing; the later result of a call replaces the earlier one.
INSERT INTO checkpoint
SELECT * FROM (
    VALUES
    (?, ?, ?, ?, ?, ?)
)
WHERE column1 IS NOT NULL
ON CONFLICT (flow_run_id, task_key, call) DO UPDATE SET
    task_run_id = excluded.task_run_id,
    run_count = excluded.run_count,
    content = excluded.content;

-- name: checkpoints.find
-- What is kept of one call, with the name of the task run that made it, and the nested flow run that one stood for.
SELECT
    checkpoint.*,
    task_run.name AS run_name,
    json_extract(task_run.state_details, '$.child_flow_run_id') AS child_flow_run_id
FROM checkpoint LEFT JOIN task_run ON task_run.id = checkpoint.task_run_id
WHERE checkpoint.flow_run_id = :flow_run_id AND checkpoint.task_key = :task_key AND checkpoint.call = :call;

-- name: checkpoints.of_flow_run
-- Which calls of a flow run have something kept, without the values.
SELECT task_key, call, task_run_id FROM checkpoint WHERE flow_run_id = :flow_run_id;

-- name: checkpoints.count
-- How many results of task runs are kept of a flow run.
SELECT count(*) FROM checkpoint WHERE flow_run_id = :flow_run_id AND task_run_id <> '';

-- name: checkpoints.forget
-- Some of what is kept of a flow run that has completed, few enough that nobody waits long; call it until nothing is returned.
DELETE FROM checkpoint
WHERE flow_run_id = :flow_run_id
    AND (task_key, call) IN (
        SELECT task_key, call FROM checkpoint
        WHERE flow_run_id = :flow_run_id
        LIMIT 2000
    )
    AND EXISTS (SELECT 1 FROM flow_run WHERE id = :flow_run_id AND state_type = 'COMPLETED')
RETURNING call;

-- name: checkpoints.delete
-- Some of what is kept of a flow run that goes; call it until nothing is returned.
DELETE FROM checkpoint
WHERE flow_run_id = :flow_run_id
    AND (task_key, call) IN (
        SELECT task_key, call FROM checkpoint
        WHERE flow_run_id = :flow_run_id
        LIMIT 2000
    )
RETURNING call;

-- name: checkpoints.keep_only
-- All but the results of these task runs, a JSON list; the parameters, which no task run made, stay too.
DELETE FROM checkpoint
WHERE flow_run_id = :flow_run_id
    AND task_run_id <> ''
    AND task_run_id NOT IN (SELECT value FROM json_each(:kept));

-- name: checkpoints.left_over
-- The flow runs that have something kept although they completed or are gone.
WITH RECURSIVE named (id) AS (
    SELECT min(flow_run_id) FROM checkpoint
    UNION ALL
    SELECT (SELECT min(flow_run_id) FROM checkpoint WHERE flow_run_id > named.id)
    FROM named WHERE named.id IS NOT NULL
)
SELECT named.id
FROM named LEFT JOIN flow_run ON flow_run.id = named.id
WHERE named.id IS NOT NULL AND (flow_run.id IS NULL OR flow_run.state_type = 'COMPLETED');

-- name: checkpoints.task_runs
-- The task runs of a flow run and of every flow run below it, the oldest first: what a retry would meet. Those of earlier attempts
-- are marked, and so are those in nested flow runs, whose attempts count for themselves.
WITH RECURSIVE below (id, run_count, is_nested) AS (
    SELECT id, run_count, 0 FROM flow_run WHERE id = :flow_run_id
    UNION
    SELECT flow_run.id, flow_run.run_count, 1 FROM flow_run JOIN below ON flow_run.parent_flow_run_id = below.id
)
SELECT
    task_run.id, task_run.name, task_run.task_key, task_run.dynamic_key, task_run.state_type, task_run.state_name,
    task_run.flow_run_id, task_run.flow_run_run_count, below.is_nested,
    task_run.flow_run_run_count < below.run_count AS is_earlier,
    json_extract(task_run.state_details, '$.cached_from') AS cached_from,
    json_extract(task_run.state_details, '$.child_flow_run_id') AS child_flow_run_id
FROM task_run JOIN below ON task_run.flow_run_id = below.id
ORDER BY task_run.id;
