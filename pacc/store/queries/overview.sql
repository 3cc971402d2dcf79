-- What a screen of runs shows: tallies over time, and rows with the names that stand beside them.

-- name: overview.tally
-- How many runs that no other one called began in each part of a stretch of time, by the state they are in now.
SELECT
    (coalesce(start_time, expected_start_time) - :since) / :width AS bucket,
    state_type,
    count(*) AS runs
FROM flow_run
WHERE coalesce(start_time, expected_start_time) >= :since
    AND coalesce(start_time, expected_start_time) < :until
    AND parent_flow_run_id IS NULL
GROUP BY bucket, state_type;

-- name: overview.troubled
-- The latest runs of a stretch that failed or crashed.
SELECT flow_run.*, flow.name AS flow_name, deployment.name AS deployment_name
FROM flow_run
JOIN flow ON flow.id = flow_run.flow_id
LEFT JOIN deployment ON deployment.id = flow_run.deployment_id
WHERE coalesce(flow_run.start_time, flow_run.expected_start_time) >= :since
    AND flow_run.state_type IN ('FAILED', 'CRASHED')
    AND flow_run.parent_flow_run_id IS NULL
ORDER BY coalesce(flow_run.start_time, flow_run.expected_start_time) DESC, flow_run.id DESC
LIMIT :limit;

-- name: overview.late
-- Runs that should have begun, the one that waits longest first.
SELECT flow_run.*, flow.name AS flow_name, deployment.name AS deployment_name
FROM flow_run
JOIN flow ON flow.id = flow_run.flow_id
LEFT JOIN deployment ON deployment.id = flow_run.deployment_id
WHERE flow_run.state_type = 'SCHEDULED' AND flow_run.state_name = 'Late'
ORDER BY flow_run.next_scheduled_start_time, flow_run.id
LIMIT :limit;

-- name: overview.open
-- Runs that have begun and not ended, the latest first, each with how far it says it is: its latest artifact of progress.
SELECT
    flow_run.*,
    flow.name AS flow_name,
    deployment.name AS deployment_name,
    (
        SELECT artifact.data FROM artifact
        WHERE artifact.flow_run_id = flow_run.id AND artifact.type = 'progress'
        ORDER BY artifact.id DESC LIMIT 1
    ) AS progress
FROM flow_run
JOIN flow ON flow.id = flow_run.flow_id
LEFT JOIN deployment ON deployment.id = flow_run.deployment_id
WHERE flow_run.state_type IN ('RUNNING', 'PENDING', 'PAUSED', 'CANCELLING')
    AND flow_run.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    AND flow_run.parent_flow_run_id IS NULL
ORDER BY flow_run.id DESC
LIMIT :limit;

-- name: overview.coming
-- Runs that wait for their time, the next one first.
SELECT flow_run.*, flow.name AS flow_name, deployment.name AS deployment_name
FROM flow_run
JOIN flow ON flow.id = flow_run.flow_id
LEFT JOIN deployment ON deployment.id = flow_run.deployment_id
WHERE flow_run.state_type = 'SCHEDULED' AND flow_run.state_name <> 'Late'
    AND flow_run.next_scheduled_start_time IS NOT NULL
ORDER BY flow_run.next_scheduled_start_time, flow_run.id
LIMIT :limit;

-- name: overview.rows
-- The runs of these ids, as far as they are there, in no order.
SELECT flow_run.*, flow.name AS flow_name, deployment.name AS deployment_name
FROM flow_run
JOIN flow ON flow.id = flow_run.flow_id
LEFT JOIN deployment ON deployment.id = flow_run.deployment_id
WHERE flow_run.id IN (SELECT value FROM json_each(:ids));

-- name: overview.ends_of_deployments
-- The last :limit runs of each deployment that have ended, the latest first.
SELECT deployment.id AS deployment_id, flow_run.state_type, flow_run.state_name
FROM deployment
JOIN flow_run ON flow_run.id IN (
    SELECT ended.id FROM flow_run AS ended
    WHERE ended.deployment_id = deployment.id AND ended.state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    ORDER BY ended.id DESC
    LIMIT :limit
)
ORDER BY deployment.id, flow_run.id DESC;

-- name: overview.ends_of_flows
-- The last :limit runs of each flow that have ended, the latest first.
SELECT flow.id AS flow_id, flow_run.state_type, flow_run.state_name
FROM flow
JOIN flow_run ON flow_run.id IN (
    SELECT ended.id FROM flow_run AS ended
    WHERE ended.flow_id = flow.id AND ended.state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    ORDER BY ended.id DESC
    LIMIT :limit
)
ORDER BY flow.id, flow_run.id DESC;

-- name: overview.runs_of_deployment
-- When the runs of a deployment were due in a stretch of time, when they began, how long they took and how they stand.
SELECT coalesce(expected_start_time, created) AS due, start_time, total_run_time, state_type
FROM flow_run
WHERE deployment_id = :deployment_id
    AND coalesce(expected_start_time, created) >= :since AND coalesce(expected_start_time, created) < :until;

-- name: overview.task_rows
-- The task runs of these ids, as far as they are there, with the names of the flow runs and flows they are in, in no order.
SELECT task_run.*, flow_run.name AS flow_run_name, flow.name AS flow_name
FROM task_run
LEFT JOIN flow_run ON flow_run.id = task_run.flow_run_id
LEFT JOIN flow ON flow.id = flow_run.flow_id
WHERE task_run.id IN (SELECT value FROM json_each(:ids));

-- name: overview.last_of_flow
-- The last runs of a flow that have begun, the latest first.
SELECT flow_run.*, flow.name AS flow_name, deployment.name AS deployment_name
FROM flow_run
JOIN flow ON flow.id = flow_run.flow_id
LEFT JOIN deployment ON deployment.id = flow_run.deployment_id
WHERE flow_run.flow_id = :flow_id AND flow_run.start_time IS NOT NULL
ORDER BY flow_run.id DESC
LIMIT :limit;

-- name: overview.tasks_of_runs
-- What the tasks called in these flow runs came to: for each run, task and state how many, and the first of them. A task's name
-- is its key without what tells it from others of that name.
SELECT
    flow_run_id,
    CASE
        WHEN replace(task_key, '-', '') = task_key THEN task_key
        ELSE rtrim(rtrim(task_key, replace(task_key, '-', '')), '-')
    END AS task,
    state_type, state_name, count(*) AS runs, min(id) AS id
FROM task_run
WHERE flow_run_id IN (SELECT value FROM json_each(:ids))
GROUP BY flow_run_id, task_key, state_type, state_name
ORDER BY min(id);

-- name: overview.named
-- Deployments, flows and variables with a text in their names, :limit of each.
SELECT * FROM (
    SELECT 'deployment' AS kind, deployment.id AS id, flow.name || '/' || deployment.name AS name, NULL AS about
    FROM deployment JOIN flow ON flow.id = deployment.flow_id
    WHERE lower(flow.name || '/' || deployment.name) LIKE lower(:like) ESCAPE '\'
    ORDER BY name
    LIMIT :limit
)
UNION ALL
SELECT * FROM (
    SELECT 'flow' AS kind, id, name, NULL AS about FROM flow
    WHERE lower(name) LIKE lower(:like) ESCAPE '\'
    ORDER BY name
    LIMIT :limit
)
UNION ALL
SELECT * FROM (
    SELECT 'variable' AS kind, name AS id, name, NULL AS about FROM variable
    WHERE lower(name) LIKE lower(:like) ESCAPE '\'
    ORDER BY name
    LIMIT :limit
);

-- name: overview.runs_named
-- The newest flow runs with a text in their names or an id that begins with it.
SELECT 'flow run' AS kind, flow_run.id AS id, flow_run.name AS name, flow.name || ', ' || flow_run.state_name AS about
FROM flow_run JOIN flow ON flow.id = flow_run.flow_id
WHERE lower(flow_run.name) LIKE lower(:like) ESCAPE '\' OR flow_run.id LIKE :begins ESCAPE '\'
ORDER BY flow_run.id DESC
LIMIT :limit;

-- name: overview.first_troubled_task
-- Where the first task run stands in :ids, a JSON array, that failed or crashed.
SELECT asked.key AS place
FROM json_each(:ids) AS asked
JOIN task_run ON task_run.id = asked.value
WHERE task_run.state_type IN ('FAILED', 'CRASHED')
ORDER BY asked.key
LIMIT 1;
