-- What the store holds.

-- name: care.flow_runs
-- How many flow runs there are in each type of state, when the first and the last of them were made, and how many ended before :before.
SELECT
    state_type,
    count(*) AS number,
    min(created) AS first,
    max(created) AS last,
    sum(coalesce(end_time, state_time) < :before) * (state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')) AS old
FROM flow_run GROUP BY state_type ORDER BY state_type;

-- name: care.counts
-- How many rows the other tables have.
SELECT 'flows' AS noun, count(*) AS number FROM flow
UNION ALL SELECT 'task runs', count(*) FROM task_run
UNION ALL SELECT 'deployments', count(*) FROM deployment
UNION ALL SELECT 'work pools', count(*) FROM work_pool
UNION ALL SELECT 'blocks', count(*) FROM block_document
UNION ALL SELECT 'variables', count(*) FROM variable
UNION ALL SELECT 'artifacts', count(*) FROM artifact
UNION ALL SELECT 'assets', count(*) FROM asset
UNION ALL SELECT 'kept results', count(*) FROM result;

-- name: care.old_flow_runs
-- How many flow runs ended before :before.
SELECT count(*) FROM flow_run
WHERE state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED') AND coalesce(end_time, state_time) < :before;

-- name: care.old_logs
-- The ids of the runs whose logs go with what ended before :before: flow runs, and task runs outside of flows.
SELECT id FROM flow_run
WHERE state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED') AND coalesce(end_time, state_time) < :before
UNION ALL
SELECT id FROM task_run
WHERE flow_run_id IS NULL
    AND state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    AND coalesce(end_time, state_time) < :before;

-- name: care.old_task_runs
-- How many task runs outside of flows ended before :before.
SELECT count(*) FROM task_run
WHERE flow_run_id IS NULL
    AND state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    AND coalesce(end_time, state_time) < :before;
