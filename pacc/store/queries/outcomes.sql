-- Outcomes: what the supervisor of a flow run writes once its processes are gone.

-- name: outcomes.standing
-- Where a run stands, and whether it has task runs that did not end.
SELECT
    flow_run.state_type,
    flow_run.state_name,
    flow_run.session,
    flow_run.attempt,
    EXISTS (
        SELECT 1 FROM task_run
        WHERE task_run.flow_run_id = flow_run.id
            AND task_run.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
            AND task_run.state_name <> 'NotReady'
    ) AS has_open_task_runs
FROM flow_run WHERE flow_run.id = :id;

-- name: outcomes.note_usage
-- What the processes of the attempt used that this session answered for.
UPDATE flow_run SET usage = :usage WHERE id = :id AND session = :session;

-- name: outcomes.code
-- Where the code of a run is found, and what its processes get, from the run itself and from its deployment.
SELECT
    flow_run.entrypoint,
    flow_run.job_variables,
    flow_run.deployment_id,
    deployment.name AS deployment_name,
    deployment.entrypoint AS deployment_entrypoint,
    deployment.path,
    deployment.pull_steps,
    deployment.job_variables AS deployment_job_variables
FROM flow_run LEFT JOIN deployment ON deployment.id = flow_run.deployment_id
WHERE flow_run.id = :id;

-- name: outcomes.code_of_deployment
-- The same for a run that a deployment may have.
SELECT
    NULL AS entrypoint,
    NULL AS job_variables,
    deployment.name AS deployment_name,
    deployment.entrypoint AS deployment_entrypoint,
    deployment.path,
    deployment.pull_steps,
    deployment.job_variables AS deployment_job_variables
FROM deployment WHERE deployment.id = :id;

-- name: outcomes.reschedule
-- A run of a deployment whose processes were ended waits to be executed again, unless someone wants it cancelled.
UPDATE flow_run SET
    state_type = 'SCHEDULED',
    state_name = 'AwaitingRetry',
    state_message = :message,
    state_time = :now,
    state_details = :details,
    version = version + 1,
    updated = :now,
    next_scheduled_start_time = :now,
    session = NULL,
    process = NULL,
    infrastructure_pid = NULL,
    total_run_time = total_run_time + CASE WHEN state_type = 'RUNNING' THEN max(0, :now - state_time) ELSE 0 END,
    history = history || char(10) || '{"t":' || :now || ',"type":"SCHEDULED","name":"AwaitingRetry","n":' || run_count
        || CASE WHEN attempt > 1 THEN ',"a":' || attempt ELSE '' END
        || ',"message":' || :quoted_message || ',"details":' || :details || '}'
WHERE id = :id
    AND session = :session
    AND deployment_id IS NOT NULL
    AND state_type IN ('PENDING', 'RUNNING', 'PAUSED', 'SCHEDULED')
RETURNING id;
