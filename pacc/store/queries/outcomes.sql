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
