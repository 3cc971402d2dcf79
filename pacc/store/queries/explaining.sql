-- What the answers to "why?" rest on.

-- name: explaining.open_runs
-- The open runs of a deployment that take a place of its limit, the oldest first.
SELECT id, name, state_name, state_time FROM flow_run
WHERE deployment_id = :deployment_id
    AND session IS NOT NULL
    AND process IS NOT NULL
    AND state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
ORDER BY id
LIMIT 50;

-- name: explaining.bad_ends
-- The task runs of a flow run that ended badly, the first one first.
SELECT id, name, state_type, state_name, state_message FROM task_run
WHERE flow_run_id = :flow_run_id AND state_type IN ('FAILED', 'CRASHED')
ORDER BY end_time, id
LIMIT 3;

-- name: explaining.ends
-- How many task runs of a flow run are in each state.
SELECT state_name, count(*) AS number FROM task_run WHERE flow_run_id = :flow_run_id GROUP BY state_name;

-- name: explaining.last_run
-- The newest run of a deployment that has begun.
SELECT id, name, state_name, state_time FROM flow_run
WHERE deployment_id = :deployment_id AND start_time IS NOT NULL
ORDER BY id DESC
LIMIT 1;

-- name: explaining.next_run
-- The next run of a deployment that waits for its time.
SELECT id, name, state_name, next_scheduled_start_time FROM flow_run
WHERE deployment_id = :deployment_id AND state_type = 'SCHEDULED'
ORDER BY next_scheduled_start_time
LIMIT 1;
